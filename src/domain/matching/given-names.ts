import { nameTokens } from '../person-name.ts';

/**
 * Given names of Indonesia, above all those that differ from another by a letter or two. Two people bear
 * two of them; a word that nobody is called is a slip of the pen instead. From general knowledge of names in use, every
 * name by itself; a name that three people on file have counts as well (`Population.attested`).
 */
export const GIVEN_NAMES: ReadonlySet<string> = new Set(
  `
  abi abil abinaya adam adel adela adelia adi adib adila adinda aditia adit adnan afan afif afifa afnan agil agis agnes
  agung agus ahsan aida aila aini ainun aira aisa aisia aisiah ajeng akbar akmal alan alda aldi aldo alea alena alesa alexa
  alfa alfan alfi alfian alfin alifa alif alifia alika alin alina alisa alia alisia almira altaf alwi alfaro alfaris alifah aliah
  amalia amanda amar ambar amel amelia amin amina amir amira ana anang anas anda andi andika andini andra andre andri
  andrian ane anes ani anindia anindita anis anisa anita anjani anti anto anton anugrah apri aprilia ara arba ardi ardian
  ardila arif arifa arifin arini aris arisa arista ariani ariel aria arianti arianto arka arkan arman arum arwan arya asa
  asep asila asma asni asri asrul asti astri astuti asrafi ata atika aulia aura ausa awal awan aida aidan aidin ayla ayra ayu
  asahra askia asmi asra asril
  badar bagas bagus bahar bahri baihaki bambang bara bayu beni berlian beti bela bila bilal bilkis bima bina bintang bobi
  boi boni budi budiman bunga
  cahia cahio caca candra carla carli caesar caca celin celsi cika cindi cici cinta citra
  dadan dadang dafa dafi dahlan damar damas dan dana danang dani danial daniel daniela danis danisa danu dara darma darmi darno
  darsi darso darti darto darwin dasa dedi dede deden defa defi dela deli delia delima dena deni denis desi desti deswita
  dewa dewi dea di dian diana diandra diki dika dila dilan dili dimas dina dinar dinda dini dino dio dira dirga disa difa
  diah dita diva diwa doni dona dodi dodik dudi dwi dwita
  eci edi edo ega egi ein eka eki ela elan eli elia elis elisa elisabet ella elma elsa elsi elfi elfira ema emil emilia emi ena
  endah endang endi endro eni eno era erik erika erina erlan erlin erlina erma ermi erna erni ersa erwin erwan esa esi esti
  eti eva evan evi evita
  fadel fadia fadil fadila fadli fahmi fahri fahira fahrul faisa faisal fajar fajri falah fani fanisa fara farah fardan
  farel farhan farha farid farida farida faris farisa farsa fasa fatan fatah fatim fatima fatin fatir fatoni faturahman fauda
  fausan fausi fausia febi febri febrian febrianti fela feli felis felisia feni feri fero ferdi fian fika fiki fikri fila
  fina fina fiona fira firda firdaus firman fita fitra fitri fitria fitriani fitriana fiona fanda
  galang galih galuh gani ganis gea gede gema gendis gibran gilang gina gines gisel gita graha gun gunadi gunawan guntur
  habib habiba hadi hadid hadija hafid hafida hafis hafisa haidar haikal haifa hakim hakam halim halima halwa hamid hamida
  hamsa hana hanan hanafi hani hania hanif hanifa hanik hanin hanum hardi hari harian haris harisa harjo harni haro harsa
  hartati harti hartini hartono harun hasan hasana hasbi hasim hasna hasni hatta haura hawa helen helena helmi hena hendi
  hendra hendri hendro heni henri hera heri herli herlina herman hermin hero heru hesti hida hidayat hikma hilal hilda hilma
  hilman hilmi hira husein husen husna husni
  ian ibnu ibra ibrahim ica ida idris ifa ifan ihsan ihwan ika iki iksan ila ilal ilham ilma ilmi ilias ima imam iman imas
  imel ina inaya inda indah indi indra indri indria ines ineke ingga ini inta intan ipang ira irawan irawati irfan irfani
  irham irma irna irsad irsan irwan irwansa is isa isabel isak isana isma ismail iswan ita iva ivan ivana iwan
  jaka jalal jalu jamal jamil jamila jan jana jani janis jasmin jason jati jaya jefri jelita jeni jesi jesica jihan jodi johan
  johana joko joni jono jose josua juan juli julia juliana julio jumadi jumiati juna jundi juni junaidi juwita
  kabul kaila kaira kaisa kaisar kalea kalila kalisa kamal kamil kamila kanaya kania karim karima karin karina karisa karla
  karmila karta kartika kartini kasih kasim keana keanu keiko keila keira keisa keisya keiara kelfin kelvin kelsi kemal
  kenan kendra kenia kenso kensi kensie kenang keni kefin kevin kiki kiara kiano kiana kila kimi kinan kinanti kirana kirani
  kisah komar kris krisna krisnawati kurnia kurniawan kusnadi kusno kusuma kaila kaira
  laela laila laili lailia lala lana langit lani lara laras larasati lasmi latif latifa laura lea lela leli lena leni leo leoni
  leri lesi lesmana lestari leti levi lia liana lida lidia lila lili lilia lilis lilik lina linda lini lira lisa lita liwa
  lola loli lora luci lucia lufi lukas lukman luki luna lusi lusia lusiana lutfi lutfia lutfian
  madina mahardika maharani mahdi mahesa mahira mahmud maida maila maira maisa maisarah maisa malik malika manda mara marda
  mardi mardiana mardiati mari maria mariam mariana marina marini maris marisa marlina marni maro marsa marselino marta
  marti martin martina martini marwa marwan mas mata maulana maulida maulidia mawar maya maysa mega mei meika mela melan
  melani melati melda meli melia melinda melisa mena merda meri merlin meta mia miah mida mika mila mili milia mina mira
  mirna mirsa mirwan misel misna mita moana monica muis mukti mulia mulyadi mulyana mulyani mulyono muna munir munira
  murni musa musdalifa mustafa mutia mutiara muthia
  nabil nabila nada nadia nadif nadila nadin nadira nadifa nafa nafal nafi nafis nafisa nahda naila naima naira nais naisila
  najwa nala nana nanang nanda nando nani nanik naomi nara narto nasa nasar nasia nasir nasira nasma nasrul nasua nasya natali
  natalia natan nata naufal naura naval navia nawal nayla nayra nea neha neila nela neli nena neni nesa nesi neta neti neva
  ni nia nida niken nila nilam nilu nina ning nini nira nisa nissa nita niken nofa nofi nofan nofia nofita nona noni nora
  nova novan novi novia novita nugraha nugroho nuha nuna nunik nunung nur nura nuraini nuri nuria nurma nurul nuria
  obi oca ocha odi okta oktafia oki ola olif olifia oni opi ori
  pandu panji paramita parida pari paris pasa patria patri pau pela peni pita prabu pratama pratiwi prayoga prima putra putri
  rafa rafael rafan rafardan rafasa rafi rafif rafika rafka rafli raga rahma rahman rahmat rahmad rahmi raia raihan raihana
  raihanah raia raian raiyan raka rama ramadan ramadani ramdan ramdani ramli ramsi rana randi rangga rani rania rara rasid
  rasida rasia rasika ratih ratna ratri rati rauf raya rayan reda redi rega regi regina rehan reihan reina reka reli rema
  rena renaldi renata rendi rendra reni reno resa resi resti restu reta reva revan revi rere reza ria rian riana riani
  rianti rianto ricard rico rida ridwan rifa rifai rifal rifan rifka rifki rifki rika rike rila rima rina rinda rindu rini
  rino rinto rio ririn ris risa risal risang riska riski risma risna risqi rista riswan rita riva rival riyan riza rizal
  robi robin rodia rofi rofia rohan rohana rohani rohman rohim rohima roni ronal ronaldo rosa rosana rosalia rosalina rosela
  rosi rosida rosita rosma rosmini rosna rudi rudianto ruli rumi runi rusdi rusdiana rusli rusmini rustam
  saad sabil sabila sabrina sabri sada safa safana safar safia safira safitri safri sahra sahla sahila sahira sahal sahrul
  saida saidah saif saiful sail saka sakila sakina sakira sala salim salima salma salman salsa salsabila salwa samira samsi
  samsul samsudin sandi sandra sania santi santo sanusi sapto sari sarifa sarini sarinah sarita sarmi sarno sarti sarwo sasa
  saskia satria satrio satya sela selfi selfia selin selma selena sena seni septi septia septian sera seruni sesil sesilia
  seta seti setia setiani setiawan setiawati sifa sila silfa silfi silfia silma silmi simon sindi sinta sintia siska siswa
  siswanto siswati siti sofi sofia sofian solihin soni sonia sri srini suci sudarmi sudarno sudarti sugeng sugiarti sugiarto
  suhada suhadi suhana suharni suharti suharto sukarni sukarno sukma sulami sulaiman sulastri sulis sulistia sulistiani
  sulton suma sumarni sumarno sumarti sumi sumiati sunar sunarmi sunarni sunarno sunarsi sunarti sunarto sundari suniati
  supardi supari suparmi suparni suparno suparti suparto supri suprianto supriadi supriati supriatin surani suranto surati
  suratmi suratno suria suriadi suriani suriati surianto susan susana susanti susanto susi susila susilo susilawati
  susilowati sutarmi sutarno sutarti sutini sutinah sutrisni sutrisno suwandi suwardi suwarni suwarno suwarti suwarsi
  tama tami tamrin tania tara tari tasa tasia tasya tata tati tatik tatang taufan taufik tedi tegar tejo teguh temi tera teri
  tia tiana tiani tiara tias tika tiko tila tina tini tino tio tirta tisa tita titi titik titin tiwi toha tomi toni toto
  toriq trisna trisno tuti
  udin uli ulfa ulfi ulfia ulia ulin uma umar umi una uni untung upik usman usin uswa utami utari uut
  vania vanesa fanes vega vera veri via vian vika vina vini vino vira viro vita viola wahid wahida wahiu wahiudi wahiuni
  waluyo wanda wandi wardah wardana wardani warni warno warsi warsiti warsono warti wartini wati wawan wena weni werda widi
  widia widiastuti widianto widiati widodo wiga wijaya wijayanti wilda wildan wili wilia winda windi windu wini winda wira
  wiranto wirda wisnu wita wiwi wiwid wiwik wiwin wulan wulandari
  yana yani yanti yanto yanuar yasin yasir yasmin yasinta yati yayan yeni yeri yesi yesica yoga yogi yohan yohana yola
  yolanda yona yosep yosef yosi yosia yosua yuda yudi yudis yudistira yuli yulia yuliana yuliani yulianti yulianto yuliati yulis
  yulita yuna yuni yunia yuniar yunita yunus yura yurika yusa yusi yusra yusri yusril yusron yusuf yusup yuyun
  satrio ihza zahwa angelina angelita angela angeline angelia angelika kristiana kristiani goreti
  zalfa zahira zaskia nazwa nazla kanza
  `
    .trim()
    .split(/\s+/)
    .flatMap(nameTokens),
);
