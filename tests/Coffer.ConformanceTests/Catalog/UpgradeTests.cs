using System.Globalization;
using System.Reflection;
using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Catalog.Sqlite;
using Coffer.Catalog.Sqlite.Binding;
using Coffer.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>Catalogs that older programs filled: a newer one opens them with all that is in them.</summary>
public sealed class UpgradeTests : IDisposable
{
    private const string ObjectId = "0190a0b1c2d3000000000000000000aa";
    private readonly TemporaryFolder _folder = new();

    private static string[] Scripts { get; } =
        [.. typeof(SqliteCatalog).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public static TheoryData<int> OldVersions => [.. Enumerable.Range(1, Scripts.Length - 1)];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(OldVersions))]
    public async Task What_an_older_program_stored_is_there_after_the_upgrade(int version)
    {
        Fill(version);

        await using SqliteCatalog catalog = await SqliteCatalog.OpenAsync(
            new SqliteCatalogOptions { Path = _folder.File("catalog.db"), MinFreeBytes = 0 },
            NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);

        Bucket bucket = (await catalog.FindBucketAsync("pictures", CancellationToken.None))!;
        Assert.Equal((7, "pictures", true, 1000L), ((int)bucket.Id.Value, bucket.ShownName, bucket.IsPublic, bucket.SizeLimitBytes));
        Assert.Equal("default", (await catalog.FindAccountAsync(Account.DefaultName, CancellationToken.None))!.Name);
        FoundAddress found = await catalog.FindAsync(new ObjectAddress("pictures", "Cats/tom.png"), CancellationToken.None);
        Assert.Equal((ObjectState.ReadOnly, 3L, "image/png"), (found.Object!.State, found.Object.SizeBytes, found.Object.MediaType));

        // Indexes that came later hold the old rows too.
        Assert.Equal(["Cats"], await NamesAsync(catalog, bucket, "", KeySort.Name));
        Assert.Equal(["tom.png"], await NamesAsync(catalog, bucket, "cats/", KeySort.CreatedAt));
    }

    [Fact]
    public async Task A_catalog_of_a_newer_program_is_left_alone()
    {
        Fill(Scripts.Length);
        using (Connection db = Connection.Open(_folder.File("catalog.db"), create: false))
        {
            db.Execute(string.Create(CultureInfo.InvariantCulture, $"UPDATE schema_version SET version = {Scripts.Length + 1}"));
        }

        var refused = await Assert.ThrowsAsync<SqliteCatalogException>(async () => await SqliteCatalog.OpenAsync(
            new SqliteCatalogOptions { Path = _folder.File("catalog.db"), MinFreeBytes = 0 },
            NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None));

        Assert.Contains("newer than this program", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<string[]> NamesAsync(SqliteCatalog catalog, Bucket bucket, string prefix, KeySort sort)
    {
        var query = new FolderQuery { Bucket = bucket.Id, Prefix = prefix, NameStart = prefix.Length, Sort = sort, Limit = 10 };
        return [.. (await catalog.ListFolderAsync(query, CancellationToken.None)).Select(entry => entry.Name)];
    }

    private void Fill(int version)
    {
        using Connection db = Connection.Open(_folder.File("catalog.db"), create: true);
        db.Execute("PRAGMA journal_mode = wal; CREATE TABLE schema_version (version INTEGER NOT NULL)");
        foreach (string script in Scripts.Take(version))
        {
            using var reader = new StreamReader(typeof(SqliteCatalog).Assembly.GetManifestResourceStream(script)!);
            db.Execute(reader.ReadToEnd());
        }

        db.Execute(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO schema_version VALUES ({version})"));
        db.Execute(
            $"""
            INSERT INTO account (id, name, jwt_secrets, created_ms, managed, objects_bucket) VALUES (1, 'default', '["a secret that is long enough"]', 1, 0, 3);
            INSERT INTO bucket (id, account, name, public, size_limit, created_ms, updated_ms) VALUES
              (3, 1, 'objects', 0, NULL, 1, 1), (7, 1, 'pictures', 1, 1000, 1, 1);
            INSERT INTO object (id, account, bucket, key, key_id, key_created_ms, name, state, size_bytes, etag, class, media_type, public, updated_ms)
              VALUES (x'{ObjectId}', 1, 7, 'Cats/tom.png', x'{ObjectId}', 5, 'tom.png', 2, 3, 'e', 1, 'image/png', 0, 6);
            INSERT INTO counter (account, state, objects, size_bytes) VALUES (1, 2, 1, 3);
            """);
    }
}
