/** Bugis and Makassar, Moluccan, Timorese, Florenese, Minahasan and Papuan name parts; most frequent first. */
import { ranked } from '../random.ts';

export const BUGIS_MEN = ranked(
  `Muhammad=30 Abdul_Rahman Baso Ambo Baharuddin Hasanuddin Syamsuddin Kamaruddin Jamaluddin Nurdin Mappangara Makmur
  Lukman Sudirman Rusdi Ramli Rustam Sirajuddin Sabaruddin Saharuddin Salahuddin Tajuddin Usman Yunus Zainuddin Alimuddin
  Amiruddin Anwar Arifuddin Arsyad Asdar Aswar Awaluddin Bahar Bakri Bakhtiar Burhanuddin Dahlan Darwis Haeruddin Hamka
  Hamzah Hardi Haris Hasbi Hasrul Ilyas Irfan Irwan Ismail Jufri Kaharuddin Lahamuddin Laupe Mappiare Massaile Mansyur
  Muhlis Musakkir Mustari Nasaruddin Nasir Palallo Pallawa Patta Rahmat Ridwan Sainuddin Sangkala Suardi Sulaiman Supardi
  Syahrir Syarifuddin Tahir Takdir Umar Wahyu Beddu Colleng Lamakkasau`,
);
export const BUGIS_WOMEN = ranked(
  `Nurhayati=14 Besse Hasnah Hasnawati Hasmawati Rosdiana Rosmini Rosmiati Rahmatia Ramlah Rabiah Nurlina Nuraeni Nurmiati
  Nurjannah Nurbaya Normah Murniati Mulyati Mardiana Maryam Marhani Majjannang Kartini Jumriah Jumiati Jusmawati Johra
  Irmawati Indo Indrawati Hukmiah Hernawati Herawati Hawa Haslinda Harlina Haniah Halijah Fitriani Fatmawati Ernawati Darmawati
  Cenning Bunga Bungawali Asriani Asnidar Asmawati Arnidah Andriani Tenri Tenriawaru Sitti Sukmawati Suriani Suarni Sumarni
  Syamsiah Salmiah Sahariah Wahidah Wahyuni Yuliana Yusniar Megawati Marwah`,
);
/** In front of the name, of noble families and of Makassar. */
export const BUGIS_NOBLE = ranked('Andi=40 Andi=10 Daeng=12 Tenri=4');

export const CHRISTIAN_MEN = ranked(
  `Yohanes=30 Yosef=20 Petrus=20 Paulus=18 Markus=16 Stefanus Fransiskus Antonius Agustinus Yakobus Matius Lukas Andreas
  Thomas Simon Filipus Daniel Samuel David Benyamin Yusak Musa Elia Elias Yeremia Yesaya Yonas Yunus Gabriel Mikael Rafael
  Kristian Kristianus Martinus Alexander Albertus Aloysius Bernardus Benediktus Blasius Bonifasius Dominikus Donatus Emanuel
  Engelbertus Ferdinandus Fabianus Frederik Gerardus Gregorius Hendrikus Herman Hironimus Ignasius Januarius Johannes
  Julius Kanisius Klemens Kornelis Laurensius Leonardus Ludovikus Marselinus Maksimus Nikolaus Oktovianus Ones Pius Robertus
  Rikardus Roberthus Rudolfus Sebastianus Silvester Servasius Teodorus Titus Viktor Vinsensius Wilhelmus Wempi Yulius Yance
  Yoseph Zakarias Melkianus Obet Otniel Nahum Hosea Amos Natan Decky Novi Marthen Jems Ronald Steven`,
);
export const CHRISTIAN_WOMEN = ranked(
  `Maria=50 Yohana=18 Margareta=16 Marta=16 Ester Elisabeth Anastasia Agustina Agnes Albertina Aleksandra Ana Angela Antonia
  Aplonia Bernadeta Brigita Debora Delila Dominika Dorkas Dorthea Edita Emiliana Emerensiana Febronia Fransiska Frederika
  Florentina Genoveva Gaudensia Getrudis Helena Hendrika Hermina Ignasia Imelda Irene Ivana Juliana Katarina Klara
  Kristina Kristiana Lidia Lusia Magdalena Marlina Marselina Martina Matilda Melania Merlin Mikaela Monika Naomi Natalia
  Novita Oktaviana Paulina Petronela Priska Rahel Regina Rosalia Rosina Rut Rebeka Sara Selfina Silvana Skolastika Sofia
  Stefania Susana Theresia Ursula Veronika Viktoria Wilhelmina Yakomina Yasinta Yohanis Yosefina Yuliana Yustina Yunita
  Belandina Adolfina Orpa Fenny Meity Grace Jane Stela`,
);
/** Family names by island group; the group of a family is drawn first, so that they are rare each. */
export const EASTERN_FAMILIES = [
  ranked(
    `Pattiasina Latuconsina Pattinama Tuhumury Sahetapy Matulessy Leatemia Manuputty Pelupessy Nanlohy Lekatompessy
    Tomasoa Soumokil Wattimena Siwalette Rumalatu Tehupelasury Hukom Ririhena Salampessy Tahalele Luhukay Batmomolin
    Metekohy Pariury Souhoka Loupatty Tetelepta Waas Rumasoreng`,
  ),
  ranked(
    `Nahak Bere Seran Klau Tefa Neno Taek Manek Mau Bria Lopo Nenometa Tnunay Banunaek Nomleni Selan Benu Boimau
    Kase Sila Leo Lake Faot Tamelab Ndun Messakh Foeh Lede Dida Umbu Ndapa Rambu Kaka Bili Malo Ngongo Tode Wora Keraf
    Lamanepa Kelen Hurint Tukan Koten Wuwur Jehadu Jemadu Nggoro Sogo Nong Moa Goa Dhae Wea Meo Raga`,
  ),
  ranked(
    `Wanggai Rumbiak Rumaropen Wenda Kogoya Tabuni Yoman Murib Waker Enumbi Telenggen Mote Pigai Dogomo Gobai Pekei Douw
    Kayame Boma Tebai Yarangga Mandowen Korwa Rumbino Sroyer Kafiar Mansnembra Kambu Bless Kambuaya Howay Sagrim Duwit
    Yoku Ohee Felle Ondi Suebu Mabel Asso Itlay Hisage Kosay Matuan Gombo Wonda Mambrasar`,
  ),
  ranked(
    `Mandagi Rumengan Lumentut Kaunang Wowor Tumbelaka Sondakh Rondonuwu Pangemanan Mamuaja Karamoy Lengkong Runtuwene
    Supit Pandelaki Tangkudung Montolalu Ratulangi Kalalo Langi Wenas Polii Rompas Sumual Tulung Waworuntu`,
  ),
] as const;
