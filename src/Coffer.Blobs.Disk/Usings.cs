global using Coffer.LocalFiles;
