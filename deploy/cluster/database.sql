-- Once, on the primary, as postgres: the owner of the tables, who makes the service's own role by itself.
create role daftar login createrole password '{{app_password}}';
create database daftar owner daftar;
