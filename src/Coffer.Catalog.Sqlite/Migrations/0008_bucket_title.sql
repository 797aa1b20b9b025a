-- What the Storage API shows as a bucket's name where that is not the name it goes by; NULL for most, and for deleted ones.
ALTER TABLE bucket ADD COLUMN title TEXT;
CREATE UNIQUE INDEX bucket_title ON bucket (account, ifnull(title, name));
