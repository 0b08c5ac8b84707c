/** Tables of INLISLite and SLiMS as documented, with a few people who do not exist. */
const TRACE = `CreateBy int, CreateDate datetime, CreateTerminal varchar(50), UpdateBy int, UpdateDate datetime, UpdateTerminal varchar(50)`;

export const INLISLITE = `
create database inlislite character set latin1;
use inlislite;
create table members (ID double primary key, MemberNo varchar(50), Fullname varchar(255), PlaceOfBirth varchar(50),
  DateOfBirth datetime, Address varchar(255), AddressNow varchar(255), Phone varchar(50), NoHp varchar(50),
  InstitutionName varchar(255), InstitutionAddress varchar(255), InstitutionPhone varchar(50), IdentityType_id int,
  IdentityNo varchar(100), EducationLevel_id int, Sex_id int, MaritalStatus_id int, Job_id int, RegisterDate datetime,
  EndDate datetime, MotherMaidenName varchar(100), Email varchar(100), JenisPermohonan_id int, JenisAnggota_id int, StatusAnggota_id int, Branch_id int,
  PhotoUrl varchar(255), City varchar(50), Province varchar(50), Kecamatan varchar(50), Kelurahan varchar(50), RT varchar(5),
  RW varchar(5), CityNow varchar(50), ProvinceNow varchar(50), KecamatanNow varchar(50), KelurahanNow varchar(50),
  RTNow varchar(5), RWNow varchar(5), Kelas_id int, TahunAjaran varchar(20), Agama_id int, Fakultas_id int, Jurusan_id int,
  ProgramStudi_id int, JenjangPendidikan_id int, UnitKerja_id int, NamaDarurat varchar(100), TelpDarurat varchar(50),
  AlamatDarurat varchar(255), StatusHubunganDarurat varchar(50), BiayaPendaftaran double, IsLunasBiayaPendaftaran tinyint,
  TanggalBebasPustaka datetime, KeteranganLain varchar(255), ${TRACE});
create table membersonline (ID int primary key, NoAnggota varchar(50), Password varchar(40), Email varchar(100), Status varchar(20), ${TRACE});
create table jenis_anggota (id int primary key, jenisanggota varchar(50), MasaBerlakuAnggota int, BiayaPendaftaran double, BiayaPerpanjangan double, ${TRACE});
create table master_jenis_identitas (id int primary key, Nama varchar(50), ${TRACE});
create table master_pendidikan (id int primary key, Nama varchar(50), ${TRACE});
create table master_pekerjaan (id int primary key, Pekerjaan varchar(50), ${TRACE});
create table tujuan_kunjungan (ID int primary key, TujuanKunjungan varchar(50), ${TRACE});
create table member_perpanjangan (ID int primary key auto_increment, Member_id double, Tanggal datetime, Biaya double, IsLunas tinyint, Keterangan varchar(255), ${TRACE});
create table memberguesses (ID int primary key auto_increment, NoAnggota varchar(50), Nama varchar(255), Profesi_id int,
  PendidikanTerakhir_id int, JenisKelamin_id int, Alamat varchar(255), Location_Id int, TujuanKunjungan_Id int,
  Information varchar(255), NoPengunjung varchar(50), ${TRACE});
create table groupguesses (ID int primary key auto_increment, NamaKetua varchar(255), NomerTelponKetua varchar(50),
  AsalInstansi varchar(255), AlamatInstansi varchar(255), TeleponInstansi varchar(50), EmailInstansi varchar(100),
  CountPersonel int, CountPNS int, CountPSwasta int, CountPeneliti int, CountGuru int, CountDosen int, CountPensiunan int,
  CountTNI int, CountWiraswasta int, CountPelajar int, CountMahasiswa int, CountLainnya int, CountSD int, CountSMP int,
  CountSMA int, CountD1 int, CountD2 int, CountD3 int, CountS1 int, CountS2 int, CountS3 int, CountLaki int,
  CountPerempuan int, TujuanKunjungan_ID int, ${TRACE});
insert into jenis_anggota (id, jenisanggota, MasaBerlakuAnggota) values (1, 'Pelajar', 365), (2, 'Umum', 365);
insert into master_jenis_identitas (id, Nama) values (1, 'KTP'), (4, 'KARTU PELAJAR');
insert into master_pendidikan (id, Nama) values (2, 'SD'), (5, 'S1');
insert into master_pekerjaan (id, Pekerjaan) values (1, 'Pelajar'), (9, 'Pesulap');
insert into tujuan_kunjungan (ID, TujuanKunjungan) values (1, 'Baca di tempat');
insert into members (ID, MemberNo, Fullname, PlaceOfBirth, DateOfBirth, Address, NoHp, IdentityType_id, IdentityNo,
  EducationLevel_id, Sex_id, Job_id, RegisterDate, EndDate, MotherMaidenName, JenisAnggota_id, StatusAnggota_id, PhotoUrl, City, Province, Kecamatan,
  Kelurahan, RT, RW, Agama_id) values
  (1, '15010100001', 'Renée Contohwati', 'Contohrejo', '1990-05-17', 'Jl. Contoh 1', '081200000001', 1, '9901015705900001',
   5, 2, 9, '2015-01-02', '2027-03-04', 'Rahasia Ibu', 2, 3, 'renee.jpg', 'Kabupaten Contoh', 'Contoh', 'Contoh Utara', 'Sukacontoh', '3', '1', 1),
  (2, '9901011708850002', 'Bambang Teladan', 'Contohrejo', '1985-08-17', 'Jl. Contoh 2', null, 1, '9901011708850002',
   5, 1, 1, '2023-02-03', '2028-02-03', null, 2, 1, 'tidak-ada.jpg', '99.01', '99', '9901.02', '9901022001', '1', '2', null),
  (3, '15010100003', 'Kirana Belia', 'Contohrejo', '2014-01-31', 'Jl. Contoh 3', null, 4, '12/345', 2, 2, 1, '2024-02-03',
   '0000-00-00', null, 1, 3, null, null, null, null, 'Entah', null, null, null);
insert into membersonline (ID, NoAnggota, Password, Status) values (1, '15010100001', '5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8', 'ACTIVE');
insert into member_perpanjangan (Member_id, Tanggal, CreateDate) values
  (1, '2017-02-03', '2016-02-03 09:00:00'), (1, '2027-03-04', '2026-01-15 10:00:00');
insert into memberguesses (NoAnggota, Nama, JenisKelamin_id, TujuanKunjungan_Id, PendidikanTerakhir_id, Profesi_id, CreateDate) values
  ('15010100001', 'Renée Contohwati', 2, 1, 5, 1, '2026-02-10 09:30:00'), ('9901011708850002', 'Bambang Teladan', 1, 1, null, null, '2026-02-11 10:00:00'),
  (null, 'Tamu Lama', 1, null, null, null, '2019-02-10 09:30:00'), (null, 'Tamu Baru', 2, null, 5, 1, '2026-02-12 11:00:00');
update memberguesses set Alamat = 'Jl. Contoh 1', Location_Id = 3 where Nama in ('Tamu Lama', 'Tamu Baru');
insert into groupguesses (NamaKetua, NomerTelponKetua, AsalInstansi, EmailInstansi, CountPersonel, CountLaki, CountPerempuan, CountGuru, CountDosen,
  CountPelajar, CountSD, CountS1, CreateDate) values
  ('Guru Contoh', '081200000077', 'SD Contoh 1', 'sd1@contoh.id', 30, 14, 16, 1, 1, 28, 28, 1, '2026-02-13 08:00:00');
`;

export const SLIMS = `
create database slims character set utf8mb4;
use slims;
create table mst_member_type (member_type_id int primary key auto_increment, member_type_name varchar(50), member_periode int);
create table member (member_id varchar(20) primary key, member_name varchar(100), gender int, birth_date date,
  member_type_id int, member_address varchar(255), member_mail_address varchar(255), member_email varchar(100),
  postal_code varchar(20), inst_name varchar(100), is_new int, member_image varchar(200), pin varchar(50),
  member_phone varchar(50), member_fax varchar(50), member_since_date date, register_date date, expire_date date,
  member_notes text, is_pending smallint default 0, mpasswd varchar(64), last_login datetime, last_login_ip varchar(20),
  input_date date, last_update date);
create table visitor_count (visitor_id int primary key auto_increment, member_id varchar(20), member_name varchar(255),
  institution varchar(100), room_code varchar(5), checkin_date datetime);
insert into mst_member_type (member_type_name, member_periode) values ('Standard', 365);
insert into member (member_id, member_name, gender, birth_date, member_type_id, member_address, pin, member_phone,
  member_since_date, register_date, expire_date, member_notes, mpasswd) values
  ('S-01', 'Gunawan Sampel', 1, '1979-11-05', 1, 'Jl. Sampel 1', '9901010511790003', '081300000001', '2018-01-02', '2025-01-02',
   '2027-01-02', 'suka novel', 'sandi-lama'),
  ('S-02', 'Puspita Sampel', 0, null, 1, null, '', '', '2019-01-02', '2019-01-02', '2020-01-02', null, null);
insert into visitor_count (member_id, member_name, institution, checkin_date) values
  ('S-01', 'Gunawan Sampel', null, '2026-02-14 13:00:00'), (null, 'Tamu', 'Umum', '2026-02-14 14:00:00');
`;
