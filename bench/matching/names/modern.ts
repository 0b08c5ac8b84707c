/** What children are called since about 2005: three to five words from everywhere; most frequent first. */
import { ranked } from '../random.ts';

export const MODERN_BOYS = ranked(
  `Muhammad=60 Ahmad=20 Rafa=14 Alvaro Arkan Azka Abizar Adskhan Aldebaran Alfarizi Alfarezel Alkhalifi Alif Al Aqlan Arsya
  Arsyad Arsenio Athar Athallah Atharrazka Attaya Azzam Bagas Baim Bilal Bima Bintang Brian Dafa Daffa Danish Darren Davin
  Dirga Dzaki Elvano Emir Ezra Fadhil Fahri Faiz Farel Fathan Fatih Gavin Ghaisan Ghani Gibran Habibie Hafidz Haidar Hanan
  Hanif Ibnu Ikram Izzan Jibril Kaisar Keenan Kenzie Kenzo Khalif Khairan Kiandra Kianu Leonel Lionel Malik Mikail Nabil Nadhif
  Nathan Naufal Nizam Orlando Pandu Qenan Radit Raditya Rafathar Rafif Rafka Raihan Raffasya Rakha Randika Rasya Razka Reyhan
  Rezvan Rizqi Ryuji Sakha Satria Syahdan Tsaqif Uwais Virendra Wafi Xavier Yafiq Yazid Zafran Zaidan Zayn Zhafran Zidan`,
);
export const MODERN_BOYS_LAST = ranked(
  `Pratama=26 Saputra=22 Ramadhan=24 Maulana=16 Putra=20 Al-Fatih Alfatih Al_Ghifari Alghifari Al_Farizi Adhitama Aditya
  Akbar Albani Alfarisi Alfarizky Ardiansyah Arrasyid Atmaja Athaya Baihaqi Bramantyo Dewantara Dirgantara El_Fatih Erlangga
  Fadillah Fahrezi Febrian Firmansyah Gemilang Habiburrahman Hakim Hamizan Herlambang Hidayatullah Kurniawan Mahardika
  Mahesa Mahendra Nugraha Oktavian Perdana Permana Prasetya Prayoga Ramadhani Ravindra Rizqullah Sadewa Sanjaya Sastrawinata
  Setiawan Syahputra Syaputra Wardana Wibisana Wicaksana Yudhistira Zulfikar`,
);
export const MODERN_GIRLS = ranked(
  `Aisyah=26 Siti=16 Naura=16 Nayla Alya Aqila Aqilah Adiba Adeeva Afifah Afsheen Aira Airin Aleena Alesha Alika Almahyra
  Almira Alula Amanda Amira Anindya Anindita Annisa Aprilia Aquina Arsyila Arumi Assyifa Athaya Aulia Aurel Aurora Azalea
  Azkayra Azkia Azzahra Bilqis Calista Carissa Cantika Cahaya Chayra Citra Cinta Dinda Earlyta Elvina Fakhira Farzana Fathiya
  Felicia Freya Ghaida Ghina Hafizah Hanania Humaira Inara Intan Jasmine Jihan Kaira Kalila Kanaya Kayla Keisha Khaira
  Khalisa Khansa Khanza Kimora Kinara Kirana Lathifa Letisha Malika Marsha Maryam Mikayla Mutiara Nabila Nadhira Nadira Nafeeza
  Nafisa Najwa Najla Nasywa Naila Nazwa Quinsha Quinza Rafania Raisa Rania Ratu Raline Rayya Renata Reva Safana Safira
  Salsabila Sabrina Shafira Shakila Shanum Shaqueena Sheza Syafa Syakira Syahla Syifa Talita Tsabita Vania Vanya Yumna Zahira
  Zahra Zalfa Zea Zivanna Zoya`,
);
export const MODERN_GIRLS_LAST = ranked(
  `Putri=36 Ramadhani=22 Azzahra=24 Maharani=16 Salsabila=16 Aulia Khoirunnisa Khairunnisa Lestari Anggraini Amelia Almira
  Az-Zahra Az_Zahra Cahyani Damayanti Dewi Febriani Fitriani Hafizah Humaira Inayah Kamila Kinanti Kusuma Larasati
  Mahardika Maulida Mutmainnah Nabila Nafisah Nirmala Nuraini Nurfadilah Oktavia Permata Permatasari Prameswari Pramudita
  Pratiwi Puspita Queensha Rahma Rahmadani Rahmania Safitri Salma Saputri Septiana Shakila Shidqia Suryani Syafitri Syahputri
  Syakira Utami Wijaya Wulandari Yasmin Zahira Zhafira`,
);
