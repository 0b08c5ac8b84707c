/** Name parts of Chinese Indonesians; most frequent first. */
import { ranked } from '../random.ts';

/** Surnames as they were written before 1966, and among the old. */
export const CHINESE_SURNAMES = ranked(
  `Tan=30 Lim=26 Liem=18 Oei=14 Kwee Ong Go Tjia Tjoa Thio The Sie Njoo Lie=20 Kho Gouw Goei Han Khouw Lauw Loa Phan Pek
  Poa Siauw Tio Tjan Tjhin Tjong Wong Yap Bong Chia Djie Foe`,
);
export const CHINESE_SYLLABLES = ranked(
  `Hok Giok Swan Kim Bing Tjay Gwan Hwa Lan Nio Siok Hong Liong Sing Tek Tiong Bun Djin Eng Gie Hian Hway Ing Jan Kiat Kian
  Kok Lay Lian Mei Moy Peng Poo Sian Sioe Soen Tin Tjoan Tjwan Wie Yong Yok`,
);
/** Indonesian family names taken later. */
export const CHINESE_FAMILIES = ranked(
  `Wijaya=34 Halim=28 Gunawan=28 Santoso=24 Tanuwijaya=16 Hartanto=16 Salim Setiawan Susanto Kusuma Hartono Sutanto Tanoto
  Widjaja Tanudjaja Tandiono Sugianto Suryadi Sutedja Sudjono Soetanto Lesmana Limanto Liemantara Linggodigdo Kurniadi
  Kosasih Karnadi Irawan Intan Indrajaya Hermanto Harsono Handoyo Hadiwidjaja Gunadi Gondokusumo Darmadi Chandra Budihardjo
  Budiman Angkasa Angkawijaya Anggono Adiwidjaja Onggowijoyo Oentoro Ongkowijaya Pranoto Prasetio Rusli Saputra Tedjasukmana
  Tirtawidjaja Tjandra Tjokrosaputro Wibisono Winata Wiryawan Yusuf`,
);
export const CHINESE_MEN = ranked(
  `Hendra=16 Andi Anton Andreas Albert Alvin Andrew Antonius Benny Billy Bobby Budi Calvin Charles Christian Christopher
  Daniel Darren David Dennis Edward Edwin Eric Erick Felix Ferdinand Franky Freddy Gregorius Hans Harry Hengky Henry Herman
  Ivan Jack Jackson James Jason Jefferson Jeffry Jerry Jimmy Johan Johnny Jonathan Joseph Joshua Juan Kelvin Kenny Kevin
  Leonardo Louis Lukas Marcel Mario Matthew Michael Nicholas Nico Oscar Patrick Paul Peter Raymond Reynaldo Richard Ricky
  Robert Robin Rudy Ryan Samuel Sean Stanley Stephen Steven Stevanus Sutrisno Teddy Timothy Tommy Vincent Wilson William
  Willy Yohan`,
);
export const CHINESE_WOMEN = ranked(
  `Lina=16 Linda Lily Lanny Lenny Meliana Melissa Mega Merry Mei Michelle Monica Nancy Natalia Natasha Novita Olivia Patricia
  Paulina Priscilla Rosa Ratna Sandra Selvi Shirley Silvia Stella Stephanie Susan Susana Suzanna Tania Theresia Tiffany
  Tina Valencia Valerie Vanessa Vania Vera Veronica Vivian Winnie Wenny Yanti Yenny Yessica Yolanda Agnes Alice Amelia
  Angela Angelina Anita Audrey Caroline Catherine Cecilia Christina Cindy Clara Claudia Cynthia Debby Devina Diana Elisa
  Elisabeth Ellen Elvina Emily Erika Evelyn Felicia Feliciana Fenny Fransisca Gabriella Gloria Grace Graciella Hanny Helen
  Imelda Irene Ivana Jane Janice Jennifer Jenny Jessica Jessie Josephine Joyce Jovita Juliana Karina Kartika`,
);
