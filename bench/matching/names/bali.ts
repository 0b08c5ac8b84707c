/** Balinese name parts; most frequent first. */
import { ranked, weighted } from '../random.ts';

/** By birth order, counted anew after the fourth. */
export const BIRTH_ORDER = [
  ranked('Wayan=40 Putu=40 Gede=20'),
  ranked('Made=46 Kadek=40 Nengah=12'),
  ranked('Nyoman=46 Komang=42'),
  ranked('Ketut=60'),
] as const;

/** What stands before the birth order in families of rank; empty for most. */
export const CASTE = weighted<readonly [man: string, woman: string]>([
  [['', ''], 84],
  [['Gusti', 'Gusti Ayu'], 6],
  [['Dewa', 'Dewa Ayu'], 3],
  [['Anak Agung', 'Anak Agung Ayu'], 3],
  [['Ida Bagus', 'Ida Ayu'], 3],
  [['Cokorda', 'Cokorda Istri'], 1],
]);

export const BALINESE_MEN = ranked(
  `Suardana=12 Sudiarta Suarjana Sudana Suastika Sukerta Sujana Sumerta Sudarma Suweca Suparta Sukadana Suwitra Suwirta
  Astawa Ardana Ariawan Arsana Arnawa Artawan Budiarta Budiasa Budiana Darmawan Darma Dharma Eka Gunawan Juliarta Kariasa
  Karta Kertayasa Mahendra Mertayasa Merta Mudita Mudiana Mustika Nuarta Pastika Parwata Purnawan Putra Rai Rata Santika
  Sedana Sentana Subrata Sugita Sukarya Sumadi Surya Swastika Tirta Wardana Widana Widiarta Wijaya Wirawan Wiratma Wirata
  Yasa Yudana Yudiana Aditya Adnyana Agus Angga Bayu Candra Krisna Oka Raka Pradnyana Semara Yoga`,
);
export const BALINESE_WOMEN = ranked(
  `Suartini=12 Sukerti Sudiani Sutiari Suryani Sukarini Suwarni Sriasih Seri Sari Sariani Rai Raka Ratna Puspa Puspawati
  Purnami Parwati Padmi Oka Nuriasih Muliani Murtini Mertasih Martini Lestari Laksmi Kerti Juliani Indrayani Dewi Darmini
  Darmayanti Candrawati Budiasih Budiarti Ariani Artini Astuti Asih Antari Ayu Widiastini Widiani Warsiki Wartini Wati Yanti
  Yuliani Yasmini Adnyani Anjani Cahyani Citra Diah Eka Gayatri Intan Kirana Maharani Mirah Pradnya Savitri Trisna Tirtawati`,
);
