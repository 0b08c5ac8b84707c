/** Names of eight peoples for the held-out sets: other words, and other ways to put them together, than in `../names`. */
import { between, chance, pick, type Rng } from '../random.ts';

export type Sex = 'L' | 'P';

export interface People {
  /** What the children of one house have from it: a marga, a suku, a Chinese surname, the father's word; '' for none. */
  readonly house: (rng: Rng) => string;
  /** The words of a name. */
  readonly name: (
    rng: Rng,
    who: { readonly sex: Sex; readonly house: string; readonly order: number },
  ) => string[];
  /** A word that a married woman is known by. */
  readonly married: (house: string) => string;
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/** The first of a list more often than the last, as names are. */
function often(rng: Rng, list: readonly string[]): string {
  return list[Math.floor(list.length * rng() ** 1.9)] ?? '';
}

const GIVEN = {
  batak: {
    L: words(`Parlindungan Hotman Tumpal Sahat Binsar Maruli Togar Saut Poltak Jonggi Bonar Manahan Ramot Haposan Mangasi
      Ronald Samuel Daniel Andreas Yosua Marthin Ruben Johannes Gabriel Jeremia Elkana Partogi Lamhot Pandapotan Jekson`),
    P: words(`Tiur Rosmaida Lamria Nurmala Tiorma Rotua Duma Hotmaida Ruminta Sondang Masniari Marlina Rosintan Ester Debora
      Grace Yohana Theresia Kristina Natalia Romauli Lasma Tetty Lastri Mariana Saulina Risma Elfrida Herlina Juniar`),
    house:
      words(`Simanjuntak Nainggolan Hutagalung Siregar Panjaitan Sinaga Situmorang Manurung Silalahi Pasaribu Lumbantobing
      Hutapea Tampubolon Napitupulu Sihombing Simbolon Purba Damanik Saragih Ginting Tarigan Sembiring Karo Barus Harahap
      Nasution Lubis Daulay Rambe Pohan`),
  },
  minang: {
    L: words(`Rinaldi Afrizal Yulizar Syafrizal Zulhendri Masril Erizal Jufrizal Hendrizal Asril Fakhri Rizki Ilham Hafiz
      Arief Taufik Fadhil Ridwan Khairul Nofrizal Dasril Yuhendra Ramadhan Aulia Habibi Rahmat Zikri Alfi`),
    P: words(`Yusmaniar Nelmawati Gusniar Elvina Desmawati Murniati Rosniar Yulianis Fitrayeni Refnita Syafrida Zuraida Nurhayati
      Annisa Fathia Salsabila Rahmi Mutia Hasanah Suci Afifah Wulan Zahara Nadya Puti Khaira Shintia Yelfi Dasima Ernita`),
    house: words('Chaniago Koto Piliang Tanjung Sikumbang Guci Jambak Melayu Caniago Bodi Pitopang Dalimo'),
  },
  bali: {
    L: words(`Sudiarta Suardana Arnawa Wirawan Subagia Artawan Mahardika Parwata Sukerta Darmawan Yasa Adnyana Widiana Sutama
      Budiarsa Astawa Merta Kertayasa Wibawa Pradnyana Arimbawa Semara Dharmayasa Suparta Juliarta Kurniawan Aditya`),
    P: words(`Suryani Artini Sukerti Widiantari Puspayanti Ariani Parwati Juniantari Kusumadewi Lestari Wahyuni Sriasih Rasmini
      Mirayanti Purnamasari Trisnayanti Novitasari Dewiyanti Pradnyani Sukreni Kertiasih Ayuningsih Astiti Suartini`),
  },
  chinese: {
    surname: words(
      'Tan Lim Oei Ong Liem Tjoa Kwee Go The Sie Lie Tjan Thio Njoo Gan Poei Auw Yap Lauw Khouw',
    ),
    family:
      words(`Tanujaya Halim Wijaya Santoso Gunawan Hartanto Sutanto Wibisono Kusnadi Setiabudi Limanto Angkasa Widjaja
      Salim Susilo Tedja Hermanto Lukito Budiman Rusli`),
    L: words(`Kevin Steven Hendra Robby Felix Jonathan Edwin Kelvin Nicholas Willy Rudy Handoko Yohanes Ferry Vincent Albert
      Bryan Darren Michael Sugiarto Tommy Wilson`),
    P: words(`Melissa Jessica Cindy Yenny Lanny Caroline Vania Stephanie Felicia Michelle Linawati Meilani Evelyn Fenny Clarissa
      Sherly Angela Yuliana Mei Grace Tiffany Nathania`),
    syllable: words(
      'Hok Swie Liong Giok Kiem Bun Tjin Hwa Lan Nio Siu Bing Hoa Kian Tik Seng Ling Eng Mei San',
    ),
  },
  java: {
    L: [
      words('Su Har Mul War Par Kas Sar Wag Ngad Tar Dar Jum Tug Pon Mis'),
      words('iman iyono wanto jo iran adi diyo imin toyo ijan nardi ono yadi oto riyo'),
    ],
    P: [
      words('Su Sar Par Tuk Wag Ngat Kas Mur Ruk Tum Wat Jum Pon Mis Dar'),
      words('inem iyem inah mini yati iah tini wati arsih sinah iyanti arti niyem imah sri'),
    ],
    second: {
      L: words(
        'Nugroho Prasetyo Wibowo Raharjo Santosa Utomo Hidayat Widodo Handoyo Saputro Purnomo Riyanto Wicaksono Pamungkas Laksono',
      ),
      P: words(
        'Rahayu Wulandari Handayani Astuti Ningsih Widyastuti Purwanti Kusumawati Setyowati Lestari Utami Hapsari Winarsih Anggraini',
      ),
    },
  },
  arab: {
    L: words(`Abdullah Hasyim Ridho Zainal Muchtar Syaiful Khoirul Fahmi Thoriq Umar Utsman Ja'far Hamzah Idrus Alwi Husein Faishal
      Luthfi Nizar Badruddin Syamsuddin Jamaluddin Miftahul Zaki Furqon Haidar Sholeh Mukhlis Anwar Bahrul`),
    P: words(`Khadijah Zulaikha Maimunah Rogayah Sakinah Faizah Ummi Khoirunnisa Qonita Balqis Syarifah Zubaidah Luthfiyah Inayah
      Muthmainnah Shofiyah Ruqayyah Aminah Hafshah Nafisah Azizah Fauziah Halimah Mardhiyah Nailah Rabiah`),
    second:
      words(`Rahman Huda Anam Umam Fikri Hakim Ulum Arifin Mubarok Muttaqin Firdaus Alatas Assegaf Baraqbah Shihab Bafadal Alaydrus
      Zahra Jannah Mawaddah Ramadhani Amalia Husna Rahmah Salamah Aini`),
    before: {
      L: ['Muhammad', 'Ahmad', 'Abdul', 'Muh.', 'Sayyid'],
      P: ['Siti', 'Nur', 'Ummu', 'Siti', 'Syarifah'],
    },
  },
  east: {
    L: words(`Yohanes Petrus Fransiskus Markus Paulus Yosep Agustinus Stefanus Melkianus Gervasius Aloysius Kornelis Frengki Obet Yance
      Alfons Bernadus Dominikus Hendrikus Marselinus Ishak Yakob Elias`),
    P: words(`Maria Yuliana Fransiska Theresia Martha Yosefina Katarina Agnes Veronika Bernadeta Margareta Elisabet Yakomina Selfina
      Dortea Kristin Novita Oktoviana Welhelmina Regina Adelheid`),
    house:
      words(`Kogoya Wenda Yikwa Tabuni Mote Pigai Rumbiak Mandosir Lerebulan Tuanakotta Latuconsina Wattimena Manuputty Seran Bria
      Nahak Klau Bere Taek Leki Manek Fernandez DaSilva Keraf Lamawuran`),
  },
  bugis: {
    L: words(`Baharuddin Syarifuddin Ambo Burhan Mappasessu Tenri Jufri Sudirman Ruslan Akbar Aswar Ilyas Nasrullah Rustam Hamka Arsyad
      Kamaruddin Basri Lanto Asdar Irfan`),
    P: words(`Besse Tenriola Hasnah Marhumah Nurlaela Suriani Rosdiana Hasriani Nuraeni Jumriah Hartati Sitti Kasmawati Indo Irmayanti Asmaul
      Rahmawati Sulfiana Musdalifah`),
    before: { L: ['Andi', 'Muh.', 'Daeng', 'Andi'], P: ['Andi', 'Sitti', 'St.', 'Nur'] },
  },
  /** What children are called whom their parents find a name for in the net. */
  modern: {
    L: words(`Arkana Rafisqy Zayyan Kenzie Alvaro Rayyan Gibran Athallah Keenan Shaquille Abrisam Elvano Raffasya Naufal Danish Azka Zafran
      Arsenio Ghaisan Kaivan Ravindra Bagas Satria Al-Fatih Xavier`),
    P: words(`Almahyra Shanum Khanza Azzahra Kinara Naura Aqila Queensha Adzkia Mikhayla Zivanna Alesha Nafeeza Hanania Raisya Syafira Keysha
      Calista Arumi Freya Inara Zhafira Syaqila Elnara Ayudia`),
    second:
      words(`Pratama Ramadhan Putra Putri Wibawa Maheswara Anindya Maharani Kirana Prameswari Al Ghifari Alfarizi Nugraha Dirgantara
      Adhitama Khairunnisa Humaira Salsabila Zhafran Hafizh Rabbani Atmaja Cahyani Mahardhika`),
  },
} as const;

const none = () => '';

const batak: People = {
  house: (rng) => often(rng, GIVEN.batak.house),
  name: (rng, { sex, house }) => {
    const given = [often(rng, GIVEN.batak[sex])];
    if (chance(rng, 0.35)) given.push(often(rng, GIVEN.batak[sex]));
    return [...new Set(given), house];
  },
  married: (house) => `br ${house}`,
};
const minang: People = {
  house: (rng) => (chance(rng, 0.4) ? pick(rng, GIVEN.minang.house) : ''),
  name: (rng, { sex, house }) => {
    const given = [often(rng, GIVEN.minang[sex])];
    if (chance(rng, 0.5)) given.push(often(rng, GIVEN.minang[sex]));
    return [...new Set(given), ...(house === '' ? [] : [house])];
  },
  married: none,
};
const ORDER = [
  ['Wayan', 'Putu', 'Gede'],
  ['Made', 'Kadek', 'Nengah'],
  ['Nyoman', 'Komang', 'Nyoman'],
  ['Ketut', 'Ketut', 'Ketut'],
] as const;
const bali: People = {
  house: (rng) => pick(rng, ['', '', '', 'Gusti', 'Ida Bagus', 'Dewa', 'Ngurah', 'Sagung']),
  name: (rng, { sex, house, order }) => {
    const before = sex === 'L' ? 'I' : 'Ni';
    const given = [often(rng, GIVEN.bali[sex])];
    if (chance(rng, 0.25)) given.unshift(sex === 'L' ? 'Agus' : 'Luh');
    const caste = house === '' || house === 'Sagung' ? (sex === 'P' ? house : '') : house;
    return [before, caste, pick(rng, ORDER[order % 4] ?? ORDER[0]), ...given].flatMap((word) => words(word));
  },
  married: none,
};
const chinese: People = {
  house: (rng) => (chance(rng, 0.35) ? pick(rng, GIVEN.chinese.surname) : pick(rng, GIVEN.chinese.family)),
  name: (rng, { sex, house }) => {
    const old = GIVEN.chinese.surname.includes(house);
    if (old) return [house, pick(rng, GIVEN.chinese.syllable), pick(rng, GIVEN.chinese.syllable)];
    return [often(rng, GIVEN.chinese[sex]), house];
  },
  married: none,
};
const java: People = {
  house: none,
  name: (rng, { sex }) => {
    const [begin, end] = GIVEN.java[sex];
    const word = `${pick(rng, begin)}${pick(rng, end)}`;
    return chance(rng, 0.45) ? [word] : [word, often(rng, GIVEN.java.second[sex])];
  },
  married: none,
};
const arab: People = {
  house: (rng) => (chance(rng, 0.3) ? pick(rng, GIVEN.arab.second.slice(11, 17)) : ''),
  name: (rng, { sex, house }) => {
    const name = [often(rng, GIVEN.arab[sex])];
    if (chance(rng, 0.45)) name.unshift(often(rng, GIVEN.arab.before[sex]));
    if (house !== '') name.push(house);
    else if (chance(rng, 0.5))
      name.push(
        sex === 'L' ? pick(rng, GIVEN.arab.second.slice(0, 11)) : pick(rng, GIVEN.arab.second.slice(17)),
      );
    return name;
  },
  married: none,
};
const east: People = {
  house: (rng) => often(rng, GIVEN.east.house),
  name: (rng, { sex, house }) => {
    const name = [often(rng, GIVEN.east[sex])];
    if (chance(rng, 0.3)) name.push(often(rng, GIVEN.east[sex]));
    return [...new Set(name), house];
  },
  married: (house) => house,
};
const bugis: People = {
  house: none,
  name: (rng, { sex }) => {
    const name = [often(rng, GIVEN.bugis[sex])];
    if (chance(rng, 0.5)) name.unshift(pick(rng, GIVEN.bugis.before[sex]));
    if (chance(rng, 0.2)) name.push(often(rng, GIVEN.bugis[sex]));
    return [...new Set(name)];
  },
  married: none,
};
const modern: People = {
  house: (rng) => (chance(rng, 0.25) ? often(rng, GIVEN.modern.second) : ''),
  name: (rng, { sex, house }) => {
    const name = [often(rng, GIVEN.modern[sex])];
    for (let more = between(rng, 1, 2); more > 0; more--) name.push(often(rng, GIVEN.modern.second));
    if (house !== '') name.push(house);
    return [...new Set(name)];
  },
  married: none,
};

/** By how many of a hundred families. */
export const PEOPLES: readonly (readonly [People, number])[] = [
  [java, 27],
  [arab, 15],
  [modern, 15],
  [batak, 10],
  [bali, 9],
  [minang, 8],
  [east, 6],
  [chinese, 5],
  [bugis, 5],
];

/** Pairs that parents give to twins; the rest of the name is the same. */
const PAIRS: Readonly<Record<Sex, readonly (readonly [string, string])[]>> = {
  L: [
    ['Hasan', 'Husen'],
    ['Fajar', 'Fajri'],
    ['Raka', 'Raki'],
    ['Andika', 'Andiko'],
    ['Farel', 'Farez'],
    ['Danu', 'Dani'],
    ['Rizal', 'Rizky'],
    ['Bima', 'Bimo'],
    ['Kevin', 'Calvin'],
    ['Ilham', 'Irham'],
  ],
  P: [
    ['Salma', 'Salwa'],
    ['Naila', 'Naira'],
    ['Dewi', 'Devi'],
    ['Rina', 'Rani'],
    ['Zahra', 'Zahwa'],
    ['Alya', 'Alma'],
    ['Safira', 'Safina'],
    ['Hana', 'Hani'],
    ['Lina', 'Lena'],
    ['Kirana', 'Kinara'],
  ],
};

/** What all the children of some houses have before their names. */
const BEFORE: Readonly<Record<Sex, readonly string[]>> = {
  L: words('Muhammad Yohanes Agung Raden Dimas Ahmad Bagus Dwi'),
  P: words('Putri Dewi Maria Ayu Siti Kayla Dwi Cut'),
};

export function beforeNames(rng: Rng): Readonly<Record<Sex, string>> {
  return { L: pick(rng, BEFORE.L), P: pick(rng, BEFORE.P) };
}

/** The first words of the names of two twins of one sex. */
export function pairOf(rng: Rng, sex: Sex): readonly [string, string] {
  const [one, other] = pick(rng, PAIRS[sex]);
  return chance(rng, 0.5) ? [one, other] : [other, one];
}
