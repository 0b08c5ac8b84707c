/** A province that exists in no list, 99, with its regencies, districts, villages and their streets. */
import { between, chance, draw, pick, type Rng, ranked, type Weighted, weighted } from './random.ts';

export interface Village {
  /** `99.RR.DD.VVVV` */
  readonly code: string;
  readonly name: string;
  readonly district: string;
  /** PPRRKK, what a NIK begins with. */
  readonly prefix: string;
}

export interface Region {
  readonly villages: Weighted<Village>;
  /** Villages of one district, by its prefix: where people move to, mostly. */
  readonly byDistrict: ReadonlyMap<string, readonly Village[]>;
}

/** A house: every part is written or left out by whoever writes. */
export interface Home {
  readonly village: Village;
  readonly kind: 'street' | 'alley' | 'estate' | 'hamlet';
  readonly name: string;
  /** Number, or block and number in an estate; empty in most hamlets. */
  readonly number: string;
  readonly rt: number;
  readonly rw: number;
}

const FRONT = ranked(
  `Sumber=20 Karang=18 Suka=16 Sido=16 Tegal Banjar Kali Wono Tambak Kedung Gunung Pandan Tanjung Rejo Mulyo Wringin Glagah
  Kebon Bangun Jati Margo Purwo Tirto Giri Kembang Bulu Segara Rowo Pasir Panca Sri Argo Watu Lemah Sari Cipta Mekar Muara Padang`,
);
const BACK = ranked(
  `rejo=20 sari=20 agung=14 mulyo=14 harjo asri dadi jaya makmur wangi anyar putih kerto bendo rono baru gading harum
  tani kencono mukti lor kidul wetan kulon pandan tengah`,
);
const FLOWERS = ranked(
  `Melati=18 Mawar=16 Kenanga Anggrek Cempaka Dahlia Flamboyan Kamboja Teratai Seroja Merdeka Pahlawan Pemuda Veteran
  Diponegoro=16 Sudirman=16 Ahmad_Yani=16 Gatot_Subroto Imam_Bonjol Kartini Hasanuddin Gajah_Mada Hayam_Wuruk Majapahit
  Sriwijaya Pattimura Cokroaminoto Wahid_Hasyim Brawijaya Kapten_Ilyas Letkol_Istiqlah Merak Cendrawasih Garuda Rajawali
  Kutilang Nuri Manggis Mangga Rambutan Jambu Delima Durian Semangka Mahoni Jati Akasia Cemara Beringin Kelapa Musi Brantas
  Serayu Mahakam Kapuas Barito Semeru Rinjani Merapi Bromo Ijen Raung Lawu Argopuro Masjid Pasar_Baru Stasiun Pelabuhan Sekolah
  Balai_Desa Pesantren Lapangan Kauman Pecinan Kampung_Melayu`,
);
const HAMLETS = ranked(
  `Krajan=34 Sukorejo Karanganyar Sumberagung Tegalrejo Sidomulyo Kebonsari Kaliputih Curah_Pecak Pasar Gumuk Kampung_Baru
  Kedungrejo Jatisari Wonosari Tegalpare Banjarejo Lugjag Dukuh Pancoran Tanjungsari Mangli Truko Pakis Palurejo Umbulrejo
  Sambirejo Kopen Rejosari Blangkon Sumberwadung`,
);
const ESTATES = ranked(
  `Griya_Asri=16 Permata_Indah Puri_Kencana Bumi_Mulya Graha_Sejahtera Taman_Sari Villa_Bukit_Mas Griya_Permata_Hijau
  Pondok_Indah_Lestari Kebalenan_Baru Citra_Garden Sutri_Permai Bukit_Cemara Pesona_Alam Mutiara_Residence Kalirejo_Permai
  Green_Garden Surya_Residence Dadapan_Regency Klatak_Indah`,
);

/** Where people were born: the own regency most often, then towns from everywhere. */
export const BIRTH_PLACES = ranked(
  `Banyuwangi=420 Jember=40 Surabaya=40 Situbondo=24 Malang=24 Jakarta=24 Bondowoso=18 Denpasar=16 Semarang=16 Bandung=14
  Yogyakarta=12 Lumajang Probolinggo Sidoarjo Gresik Kediri Blitar Madiun Tulungagung Surakarta Solo Sleman Bantul Klaten
  Magelang Kebumen Cilacap Purwokerto Tegal Pekalongan Kudus Pati Cirebon Tasikmalaya Garut Sumedang Bogor Bekasi Tangerang
  Serang Depok Palembang Medan Padang Pekanbaru Batam Bandar_Lampung Jambi Bengkulu Bukittinggi Pematangsiantar Tarutung
  Balige Singaraja Negara Tabanan Gianyar Mataram Sumbawa_Besar Bima Kupang Ende Maumere Atambua Ambon Ternate Masohi Sorong
  Jayapura Merauke Manokwari Makassar Ujung_Pandang Parepare Watampone Manado Palu Kendari Gorontalo Banjarmasin Pontianak
  Samarinda Balikpapan Sumenep Bangkalan Sampang Pamekasan`,
);

/** 12 regencies, 10 the own one with 25 districts; village sizes fall as one over the rank, in an order of chance. */
export function makeRegion(rng: Rng): Region {
  const entries: (readonly [Village, number])[] = [];
  const byDistrict = new Map<string, readonly Village[]>();
  for (let regency = 1; regency <= 12; regency++) {
    const own = regency === 10;
    for (let district = 1; district <= (own ? 25 : 9); district++) {
      const prefix = `99${two(regency)}${two(district)}`;
      const districtName = placeName(rng);
      const villages = Array.from(
        { length: between(rng, own ? 6 : 3, own ? 14 : 7) },
        (_, at): Village => ({
          code: `99.${two(regency)}.${two(district)}.${chance(rng, 0.12) ? 1 : 2}${String(at + 1).padStart(3, '0')}`,
          name: placeName(rng),
          district: districtName,
          prefix,
        }),
      );
      byDistrict.set(prefix, villages);
      const share = own ? 3.5 : 0.45;
      // The first district of a regency is its town, where the library stands.
      const weightOfDistrict = district <= 2 ? share * 6 : share;
      for (const village of villages) entries.push([village, weightOfDistrict / (1 + 12 * rng())]);
    }
  }
  return { villages: weighted(entries), byDistrict };
}

export function makeHome(rng: Rng, village: Village): Home {
  const kind = draw(rng, HOME_KINDS);
  const names = { street: FLOWERS, alley: FLOWERS, estate: ESTATES, hamlet: HAMLETS }[kind];
  const house =
    String(1 + Math.floor(rng() * rng() * 180)) + (chance(rng, 0.06) ? pick(rng, ['A', 'B', 'C']) : '');
  const number = {
    street: house,
    alley: house,
    hamlet: '',
    estate: `${pick(rng, [...'ABCDEFGH'])}-${between(rng, 1, 32)}`,
  }[kind];
  return { village, kind, name: draw(rng, names), number, rt: between(rng, 1, 9), rw: between(rng, 1, 12) };
}
const HOME_KINDS = weighted<Home['kind']>([
  ['street', 46],
  ['hamlet', 34],
  ['estate', 11],
  ['alley', 9],
]);

/** How somebody writes addresses: the same house looks different in two lists. */
export interface AddressHabit {
  /** Index into the words of each kind. */
  readonly word: number;
  readonly numberWord: string;
  readonly rtRw: 'none' | 'RT 03 RW 05' | 'RT 3/RW 5' | 'RT.03/05' | '003/005' | 'RT003 RW005';
  readonly villageName: 'none' | 'Desa' | 'Ds.' | 'plain';
  readonly districtName: boolean;
  readonly comma: boolean;
}

const KIND_WORDS: Readonly<Record<Home['kind'], readonly [string, string, string, string]>> = {
  street: ['Jl. ', 'Jalan ', 'Jln ', 'Jl '],
  alley: ['Gg. ', 'Gang ', 'Gg ', 'Gang '],
  estate: ['Perum. ', 'Perumahan ', 'Perum ', 'Komplek '],
  hamlet: ['Dusun ', 'Dsn. ', 'Dsn ', 'Dukuh '],
};
const HABIT_WORDS = weighted<number>([
  [0, 50],
  [1, 22],
  [2, 16],
  [3, 12],
]);
const RT_RW = weighted<AddressHabit['rtRw']>([
  ['RT 03 RW 05', 34],
  ['none', 24],
  ['RT 3/RW 5', 14],
  ['RT.03/05', 12],
  ['003/005', 8],
  ['RT003 RW005', 8],
]);
const VILLAGE_NAME = weighted<AddressHabit['villageName']>([
  ['none', 45],
  ['plain', 25],
  ['Desa', 18],
  ['Ds.', 12],
]);

export function makeAddressHabit(rng: Rng): AddressHabit {
  return {
    word: draw(rng, HABIT_WORDS),
    numberWord: pick(rng, ['No. ', 'No. ', 'No ', 'No.', '', 'Nomor ']),
    rtRw: draw(rng, RT_RW),
    villageName: draw(rng, VILLAGE_NAME),
    districtName: chance(rng, 0.25),
    comma: chance(rng, 0.5),
  };
}

export function writeAddress(home: Home, habit: AddressHabit): string {
  const street = (KIND_WORDS[home.kind][habit.word] ?? '') + home.name;
  const numberWord = home.kind === 'estate' ? 'Blok ' : habit.numberWord;
  const parts = [home.number === '' ? street : `${street} ${numberWord}${home.number}`];
  if (habit.rtRw !== 'none') parts.push(writeRtRw(home, habit.rtRw));
  if (habit.villageName !== 'none')
    parts.push(
      habit.villageName === 'plain' ? home.village.name : `${habit.villageName} ${home.village.name}`,
    );
  if (habit.districtName) parts.push(`Kec. ${home.village.district}`);
  return parts.join(habit.comma ? ', ' : ' ');
}

function writeRtRw({ rt, rw }: Home, form: Exclude<AddressHabit['rtRw'], 'none'>): string {
  switch (form) {
    case 'RT 03 RW 05':
      return `RT ${two(rt)} RW ${two(rw)}`;
    case 'RT 3/RW 5':
      return `RT ${rt}/RW ${rw}`;
    case 'RT.03/05':
      return `RT.${two(rt)}/${two(rw)}`;
    case '003/005':
      return `${three(rt)}/${three(rw)}`;
    case 'RT003 RW005':
      return `RT${three(rt)} RW${three(rw)}`;
  }
}

function placeName(rng: Rng): string {
  return draw(rng, FRONT) + draw(rng, BACK);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function three(value: number): string {
  return String(value).padStart(3, '0');
}
