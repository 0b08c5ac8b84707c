/** Malay and Betawi, Minangkabau and Batak name parts; most frequent first. */
import { ranked } from '../random.ts';

export const MALAY_MEN = ranked(
  `Mamat=14 Rojali Saman Sanusi Naim Mansyur Mursidi Marjuki Muhidin Nasirun Nawi Ramli Rahmat Romli Rosyadi Sabeni Saidi
  Salim Samsudin Sarwani Sholihin Tabrani Tohir Zaini Zulfikar Zulham Hasbi Hasbullah Hamdani Herman Bakhtiar Azwar Bahrum
  Baharuddin Burhan Efendi Edwar Hairul Hermansyah Irwansyah Iskandar Junaidi Jumhari Kadir Kamarudin Khairuddin
  Mawardi Muhtar Nurdin Rusli Rusdianto Ruslan Sahril Sahrul Syahrial Syahril Syarifudin Suhaimi Suhardi Tarmizi Wahyudi
  Yusri Zainudin Ardiansyah Darmansyah Fahrurozi Gusti Johansyah Jailani Rahmadi Rahmansyah Ridhani Supiani Masrani Aliansyah
  Noor Norman Hanapi Rusmin Sapri Sapii Enjun Entong Rohili`,
);
export const MALAY_WOMEN = ranked(
  `Mariani=12 Masitoh Mahani Maslina Masnah Minah Munah Murni Nani Nurhasanah Nurbaiti Nurlela Rahimah Rohana Rohaya Romlah
  Rosmawati Rosnah Rukiah Rusnah Sanah Saniah Sapiah Saodah Sopiah Suryati Yuliana Yusnani Zahara Zuraida Zuriah Aminah
  Arbayah Asnah Barlian Emilia Ernita Fitriani Hairani Hamisah Hartini Hasnah Herlina Ipah Jamiah Jumiati Juriah Kalsum
  Khairunnisa Linawati Mardiana Mastura Norhayati Norlaila Normawati Noraini Noorjanah Rusmiati Raudah Radiah Rabiatul
  Helda Halidah Masliani Salasiah Aluh Galuh Siti_Rahmah Tiara Yati Zulfa`,
);
export const MINANG_MEN = ranked(
  `Afrizal=16 Syafrizal=15 Zulkifli=15 Hendri=14 Erizal Yulizar Nofrizal Syamsurizal Zulfahmi Zulhendri Zulmasri Yusrizal
  Yuhendri Wendri Syafril Syahrizal Rizaldi Rinaldi Risman Ridwan Refrizal Rahmat Novrianto Nasrul Muslim Masrizal Marjohan
  Khairul Jasman Jufri Jonedi Indra Irwandi Hafizal Gusrizal Gusman Fadli Ferdinal Febrizal Elfi Eldi Efrizal Edison Desrizal
  Dasril Darwis Darmawi Bustami Busri Azwardi Aswandi Asrul Armen Arisman Amril Amrizal Alfian Adrizal Agusman Yondri Hardi
  Datuk Buyung Sutan Marah Sidi Bagindo Nazarudin Syofyan`,
);
export const MINANG_WOMEN = ranked(
  `Yusnidar=14 Rosmaniar Desmawati Yulinar Nurhayati Yarnis Yenita Yusmanidar Zulbaidah Zurni Wirdati Wirda Upik Syamsinar
  Syafnidar Suryani Sofia Silvia Roza Rosnidar Rosda Ritawati Ratnawilis Ramadani Rahmi Rahmadhani Puti Novia Nurlis
  Nurbaiti Nofrita Nelmi Murniati Mulyati Marniati Mardiana Maizarni Lismarni Lidya Irdawati Gusneli Gusmayeti Fitrianis
  Fatmawati Ermawati Erni Elvira Elfina Elmiati Efnita Djusmanidar Dewita Desnita Dasniar Dahniar Betri Azizah Asnimar Asmawati
  Arneti Anizar Yessi Velia Mutia Sesra`,
);
/** Clans, sometimes written behind the name. */
export const MINANG_CLANS = ranked(
  `Chaniago=20 Koto Piliang Tanjung Sikumbang Jambak Guci Malayu Pitopang Caniago Mandailing Panyalai`,
);

export const BATAK_MEN = ranked(
  `Jhon=16 Hotman Saut Parlindungan Tumpal Togar Poltak Ramses Maruli Mangasi Sahat Binsar Bonar Charles Daniel David Edison
  Erwin Ferdinan Frans Gomgom Halomoan Haposan Harapan Hasiholan Horas Jefri Jonathan Josua Jekson Kevin Lamhot Leonardo
  Luhut Managam Marihot Marolop Martua Marudut Monang Nelson Oloan Osten Pahala Pangihutan Pardamean Partogi Patar Pinondang
  Rikardo Robert Roy Rudolf Samuel Sabar Sihol Sintong Sotarduga Sondang Swandi Tigor Timbul Todo Tulus Wilson Yosua Rinto
  Japorman Jannes Lambok Maringan`,
);
export const BATAK_WOMEN = ranked(
  `Rotua=14 Tiurma Lamria Rosmaida Romauli Rosdiana Tiarma Masta Friska Duma Dumaria Elisabet Ernita Ester Evalina Herlina
  Hotmaida Hotmian Juliana Juniar Kristina Lasma Lamtiur Lastri Lenny Lestaria Linda Lisbet Lusiana Mariani Marta Masniar
  Melva Meriati Mega Minar Nurmala Nurmaida Nurhaida Osdaria Pestaria Purnama Rameita Ramayana Renta Resmi Rina Risma Riama
  Ritha Roida Rosalina Rospita Ruth Sarma Saulina Serly Sinta Sondang Sulastri Tetty Tiodor Tio Veronika Yanti Yosefin Yohana
  Monika Murniaty Nova Dormauli Delima`,
);
export const BATAK_CLANS = ranked(
  `Siregar=34 Simanjuntak=28 Sihombing=26 Nasution=28 Harahap=28 Lubis=28 Situmorang=22 Hutagalung Sinaga=22 Silalahi
  Simatupang Simbolon Sitompul Sitorus Situmeang Siahaan Sianturi Sibarani Sihite Silaban Silitonga Simamora Simangunsong
  Simarmata Sinambela Sipahutar Siringoringo Sirait Sitanggang Sitepu Sembiring Ginting Tarigan Perangin-angin Karo-karo
  Barus Bangun Purba Saragih Damanik Girsang Manurung Marpaung Napitupulu Nababan Nainggolan Naibaho Panjaitan Pandiangan
  Pardede Pasaribu Pohan Rambe Rangkuti Ritonga Samosir Tambunan Tampubolon Tobing Lumban_Gaol Lumbantobing Lumbantoruan
  Hasibuan Hutabarat Hutapea Hutasoit Daulay Batubara Aritonang Butarbutar Dalimunthe Gultom Gurning Banjarnahor Pangaribuan
  Parhusip Pakpahan Sagala Sidabutar Turnip Matondang`,
);
