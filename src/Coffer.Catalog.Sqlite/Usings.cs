global using Coffer.Access;
global using Coffer.Blobs;
global using Coffer.Buckets;
global using Coffer.Catalog.Sqlite.Binding;
global using Coffer.LocalFiles;
global using Coffer.Objects;
global using Microsoft.Extensions.Logging;
