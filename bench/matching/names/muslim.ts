/** Name parts from Arabic, as written all over the country, and the families of Arab descent; most frequent first. */
import { ranked } from '../random.ts';

/** After Muhammad or Ahmad, or by themselves. */
export const MUSLIM_MEN = ranked(
  `Yusuf=22 Ridwan=20 Rizki=24 Fauzi=18 Arifin=18 Ibrahim=16 Ali=18 Hasan=16 Ismail Iqbal Ilham Hidayat Rahman Rofiq
  Syarif Syaifuddin Saiful Zainal Zaenal Zainuddin Taufik Taufiq Fadli Faisal Fahmi Fajri Farhan Fathur Fikri Firdaus
  Habibi Hafiz Hakim Halim Hamdan Hamid Hamzah Hanafi Haris Hasyim Husen Husni Idris Ikhsan Ilyas Imron Irfan Ishak Jamal
  Jamaluddin Kamal Kamaluddin Khairul Khoirul Khalid Lukman Luthfi Mahfud Mahmud Makmur Mansur Marzuki Masud Maulana
  Mubarok Mukhlis Mukhtar Munawar Munir Musa Mustafa Mustofa Muzaki Nasir Nasrullah Nawawi Nazar Nizar Qodir Rafi Rasyid
  Rauf Rohim Rosyid Rusdi Sabri Sadli Sahal Salim Samsul Syamsul Syamsuddin Sidiq Sholeh Sulaiman Sulthon Syafii Syahrul
  Syukri Syukur Thoha Thohir Usman Umar Wafi Wahid Wildan Yahya Yasin Yunus Zaid Zaki Zakaria Zuhri Zulkarnain Zulkifli
  Zubair Azhar Aziz Azmi Anwar Ansori Asrofi Asyari Badrun Baihaqi Basri Bilal Burhanuddin Daud Dzikri Ghazali Ghofur
  Ubaidillah Nurdin Nuruddin Sirojuddin Saefudin Shodiq`,
);
/** After Abdul, one of the names of God. */
export const ABDUL_OF = ranked(
  `Rahman=26 Aziz=20 Rohman Rahim Rohim Hamid Kadir Qodir Ghofur Halim Hakim Karim Latif Majid Malik Manan Mujib Rasyid
  Rozak Razak Salam Somad Syukur Wahab Wahid Azis Basir Fatah Gani Ghani Hadi Haris Jabar Jalil Kholiq Muis Muhyi Muthalib
  Nasir Rauf Rofiq Rouf Sukur Wakhid Wahhab Baqi Qohar`,
);
export const MUSLIM_WOMEN = ranked(
  `Aisyah=26 Fatimah=24 Aminah=20 Khadijah=16 Nurhaliza Aisah Zahra Rohmah Rahmah Maryam Mariam Halimah Hasanah Hidayah
  Khoiriyah Khotimah Khusnul Latifah Lailatul Laila Lutfiyah Mahmudah Maimunah Maisaroh Masruroh Mufidah Munawaroh
  Muniroh Musyarofah Mutmainah Nadia Nafisah Naila Najwa Nadhifah Nikmah Nuriyah Qomariyah Rahmawati Rodiyah Rofiah
  Rohani Romlah Rosidah Ruqoyah Sabila Sa'diyah Sakinah Salamah Salma Salsabila Sarah Shofiyah Sholihah Sofia Solihah
  Suaibah Sumaiyah Syarifah Syifa Tazkiyah Ulfa Umroh Uswatun Wardah Zainab Zakiyah Zubaidah Zuhriyah Zulaikha Zumrotun
  Afifah Ainun Aliyah Alifah Alfiyah Anisa Annisa Arifah Asiyah Asma Asmaul Azizah Badriyah Barokah Chusnul Fadhilah
  Faizah Farida Faridah Farikhah Fauziah Fitria Fitriyah Habibah Hafsah Hajar Hamidah Hanifah Hikmah Husna Ifadah Inayah
  Istiqomah Istianah Jamilah Juwariyah Kamilah Karimah Khalifah Khanifah`,
);
/** After Nur, apart or in one word with it. */
export const NUR_OF = ranked(
  `Aini=20 Hidayah=16 Hayati=16 Jannah=15 Laila Azizah Khasanah Hasanah Fadilah Halimah Aisyah Afni Asiah Cahyani Diana
  Faizah Fitriani Hidayati Huda Indah Islami Janah Kholifah Kumala Lela Lita Maya Rohmah Rohman Sa'adah Safitri
  Sakinah Sholihah Syamsiah Wahidah Wahyuni Yanti Zahra Zannah`,
);
export const NUR_OF_MEN = ranked(
  `Hadi Huda Kholis Cahyo Rohman Salim Hidayat Ali Ahmad Iman Arifin Said Alam Faizin`,
);

export const ARAB_MEN = ranked(
  `Muhammad=60 Ahmad=40 Ali=30 Husein=26 Abdullah=24 Hasan=22 Umar=22 Salim=18 Abubakar Alwi Idrus Zen Thoha Hamid Faisal
  Fuad Awad Said Saleh Salem Mubarak Muhsin Musthafa Segaf Syech Taufiq Agil Anis Farid Geys Hadi Hamzah Haidar Jafar Khalid
  Mahdi Naufal Novel Quraisy Ridho Soleh Syafiq Yislam Zaki`,
);
export const ARAB_WOMEN = ranked(
  `Fatimah=26 Syarifah=24 Khadijah Zahra Nur Aminah Aisyah Alwiyah Balqis Fadlun Fauziah Gamar Hafsah Hababah Hindun
  Khairiyah Lubna Maryam Muznah Najla Nadia Rugayah Safia Salma Salmah Sidah Syifa Ummu Warda Zainab Zahrah Loulou Raguan`,
);
export const ARAB_FAMILIES = ranked(
  `Alatas=16 Assegaf=16 Alhabsyi=16 Al-Habsyi Alaydrus Shahab Bafaqih Bawazier Basalamah Bajrei Baraja Bahanan Bafadal
  Bamukmin Bin_Yahya Bin_Smith Al-Jufri Aljufri Al-Haddad Alhaddad Al-Kaff Al-Munawar Almahdali Balfas Ba'abud Bahasyim
  Bamazruk Bin_Thalib Bin_Syech Nahdi Thalib Baharun Bahmid Makarim Sungkar Attamimi Jawas Batarfi Al-Amri Askar Badjuber`,
);
