/** Javanese and Sundanese name parts; most frequent first. */
import { ranked } from '../random.ts';

/** Men born before about 1965: often the only word of the name. */
export const JAVANESE_MEN_OLD = ranked(
  `Slamet=34 Sutrisno=24 Suparman=16 Suyanto=16 Sugiyono Supriyadi Sutarno Sukarno Suwarno Sumarno Suparno Supardi
  Sugeng Suharto Sutopo Sudarmo Sukiman Sugito Paimin Ngadiman Tukiman Wagiman Kasiman Sarjono Sudarsono Suroto Suradi
  Sunarto Sumardi Sutikno Sukirman Parto Karto Kromo Sastro Wiryo Marto Ponimin Legimin Wakidi Tugimin Paijo Tukijo
  Wagino Poniran Saimin Sakiman Jumadi Mulyono Mujiono Muryanto Ngatimin Ngadino Rusdi Sabar Samsuri Sarmin Senen Kamis
  Jemari Tarmidi Trimo Wardoyo Warsito Yatno Yitno Waluyo Rebo Kliwon Samingan Mardi Katimin Giyono Giman Darmo Daliman`,
);
export const JAVANESE_WOMEN_OLD = ranked(
  `Sumiyati=16 Suminah=14 Sutinah Suparmi Sukinah Tukinem Wagiyem Paijem Ngatinem Kasiyem Poniyem Legiyem Mujiati Sumini
  Sukarti Sulastri Suwarti Sunarti Sutarti Sumarni Suwarni Mulyani Murtini Sarinem Sarmi Satinah Juminten Painem Ngatmi
  Sainem Samini Rubiyem Rukmini Rusmini Saminah Sarinah Parinem Parti Kartini Tumini Tuminah Tumirah Wakinem Warsini
  Yatinem Jumirah Kasmi Lasmi Lasinem Misinah Mukinem Musiyem Ngadinah Paikem Poninten Sakinem Surip Sutiyem Sriatun
  Dasinah Daliyem Giyem Giyarti Jariyah Karsinah Karinem Mariyem Marsinah`,
);
export const JAVANESE_MEN_FIRST = ranked(
  `Agus=48 Eko=34 Budi=30 Joko=26 Bambang=26 Dwi=22 Tri=20 Wahyu=20 Edi=16 Hadi=14 Heru Teguh Andi Arif Hari Dedi Rudi
  Yudi Didik Sigit Totok Purwo Hendro Nanang Gatot Gunawan Imam Indra Iwan Kuncoro Pujo Puji Rahmat Setyo Sapto Sony
  Sugiarto Suryo Toni Untung Wawan Widi Yanto Yoyok Danang Dimas Galih Bayu Bagus Aji Ari Aditya Rizki Rio Reza Dian
  Febri Fajar Gilang Ilham Ivan Angga Anton Doni Erwin Ferry Guntur Hendra Jatmiko Kukuh Lukito Panji Pandu Pramono
  Raka Satrio Tegar Utomo Wisnu Yoga Yusuf Catur Panca Krisna Tomi Nugroho Priyo Warno`,
);
export const JAVANESE_MEN_LAST = ranked(
  `Santoso=34 Setiawan=34 Prasetyo=30 Wibowo=26 Susanto=24 Kurniawan=24 Nugroho=22 Saputra=22 Widodo=18 Purnomo
  Hartono Susilo Wijaya Hidayat Cahyono Utomo Raharjo Handoko Wahyudi Hariyanto Purwanto Suryanto Suprapto Sulistyo
  Wicaksono Saputro Nurcahyo Prabowo Pratama Pamungkas Permana Ramadhan Basuki Budiman Budianto Budiono Darmawan
  Gunarto Hermawan Irianto Iswanto Jatmiko Kristanto Kuswanto Laksono Leksono Mulyanto Nurdiansyah Prayitno Prayogo
  Priyanto Pribadi Rahardian Riyanto Riyadi Sasongko Setyadi Siswanto Siswoyo Subekti Sudibyo Sugiarto Sukmono Sumantri
  Supriyanto Suseno Sutanto Suwito Tjahjono Triyono Trianto Wardhana Waskito Wardoyo Yulianto Yuwono Adinugroho
  Mahendra Nugraha Perdana Putra Rusmanto Sanjaya Tanoyo Wiratama Yudhistira`,
);
export const JAVANESE_WOMEN_FIRST = ranked(
  `Sri=70 Endang=26 Dwi=24 Tri=22 Eni=16 Yuli=16 Retno=15 Dewi=24 Ratna=15 Rini Wiwik Titik Tutik Yuni Yanti Ika Ita
  Indah Intan Lilik Lestari Lina Maya Mega Nanik Ning Nina Nita Novi Nunuk Peni Puji Puspa Rina Ririn Rita Sari Sulis
  Susi Tika Tina Umi Vita Wahyu Watik Widya Winarti Wulan Yeni Yuliana Ana Anik Ani Astri Ayu Desi Devi Diah Dian Eka
  Elok Ernawati Erna Esti Evi Fitri Galuh Hesti Heni Kartika Kristin Linda Melati Mira Murni Nila Ninik Pipit Putri
  Reni Riska Rosa Silvi Sinta Siwi Suci Tantri Tyas Utami Vina Wening Yessi Yosi Tutut Iin Isti Ambar Laras`,
);
export const JAVANESE_WOMEN_LAST = ranked(
  `Lestari=36 Wahyuni=34 Rahayu=32 Wulandari=28 Handayani=26 Astuti=24 Utami=20 Hidayati=16 Setyowati Ningsih Kusumawati
  Widiastuti Puspitasari Susanti Yulianti Susilowati Purwanti Hartati Suryani Indrawati Ernawati Kurniawati Nurhayati
  Rahmawati Maharani Anggraeni Widyawati Pratiwi Permatasari Puspita Sari Dewi Saraswati Sulistyowati Setiawati Sugiarti
  Sukmawati Prihatin Budiarti Cahyani Damayanti Fatmawati Ekowati Hapsari Hastuti Iriani Ismiati Kartikasari Kristiani
  Kumalasari Kusumaningrum Larasati Mawarni Mulyani Murniati Nuraini Nurjanah Oktaviani Palupi Pangestuti Pertiwi
  Purwaningsih Rejeki Riyanti Rohmah Safitri Septiani Suprihatin Susilawati Tristanti Trisnawati Untari Wardani Warsiti
  Widowati Wijayanti Winarni Yuliastuti Yuniarti Kinasih Ningrum Ningtyas Setyaningsih Wahyuningsih Wigati`,
);

export const SUNDANESE_MEN_FIRST = ranked(
  `Asep=60 Dede=26 Ujang=26 Cecep=18 Dadang=20 Deden Endang Enjang Yayan Iwan Maman Nana Oman Otong Tatang Aep Aceng Ade
  Agus Ahdiat Apip Asop Atep Atang Cucu Cahya Dayat Didin Dindin Dudung Eep Encep Engkos Entis Eman Emuh Engkus Gugun
  Haris Herman Idin Iim Iding Jajang Jaja Jajat Kokom Karna Koswara Mamat Mumu Nandang Odang Ohim Opik Pepen Rahmat Roni
  Rohman Sahrul Sopandi Suherman Sukarna Suparman Tarya Tatan Toto Uci Udin Uus Wahyu Wawan Yana Yaya Yayat Yogi Yosep
  Kusnadi Komar Ajat Anang Barna Darya Eson`,
);
export const SUNDANESE_LAST = ranked(
  `Hidayat=26 Suryana=24 Supriatna=22 Setiawan=20 Kurnia Permana Nugraha Suherman Ramdani Mulyana Sutisna Sopian
  Gunawan Rohmana Kusnadi Sudrajat Sobandi Solihin Wiguna Wijaya Natawijaya Kartiwa Kosasih Kuswara Sumarna Sunarya
  Supriadi Somantri Surahman Sujana Tarsana Wiranata Rustandi Rukmana Ruswandi Jatnika Junaedi Iskandar Hermawan Hendrayana
  Darmawan Firmansyah Effendi Budiman Abdurahman Wirahadi Sasmita Sastradipura Prawira Atmaja Adiwinata Kartadinata
  Suhendar Suhendi Sukmana Subagja Tresnawan Yulyana Wahyudin`,
);
export const SUNDANESE_WOMEN_FIRST = ranked(
  `Neng=26 Euis=24 Eneng=22 Iis Imas Lilis Elis Cucu Dede Enung Ai Aas Ade Ani Ayi Cici Cucum Dewi Eem Eha Elin Engkar
  Entin Esih Eti Eulis Ida Ika Iim Ipah Isah Kokom Komala Lala Lia Mimin Mumun Nani Nenden Neni Nia Nining Nunung Odah
  Onih Popon Rani Ratna Rina Risma Rosita Santi Sari Teti Titin Tuti Ucu Uun Wati Wiwin Yani Yati Yayah Yeti Yoyoh Yuyun
  Tita Tini Mae Mamah Iyah Atikah Kurniasih`,
);
export const SUNDANESE_WOMEN_LAST = ranked(
  `Nurhayati=22 Rohayati=18 Kurniasih=18 Komariah Suryani Sumiati Rosmiati Nurlaela Maryati Hayati Yuningsih Rohaeti
  Sukaesih Susilawati Kartini Kusmiati Mulyati Nuraeni Nurjanah Patonah Permatasari Rahmawati Ratnasari Rohimah Rosidah
  Sadiah Salamah Siti_Aminah Solihat Sopiah Sunarsih Supartini Sutarsih Tarsih Widaningsih Yulianti Haryati Jubaedah Juariah
  Karmila Kartika Laelasari Lasmanah Marliana Mintarsih Nengsih Agustini Wulansari Purnamasari`,
);
