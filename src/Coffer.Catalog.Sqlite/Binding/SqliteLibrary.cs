using System.Globalization;
using System.Runtime.InteropServices;

namespace Coffer.Catalog.Sqlite.Binding;

/// <summary>Finds the operating system's own SQLite library.</summary>
internal static class SqliteLibrary
{
    /// <summary>What the imports name; never a file.</summary>
    public const string Name = "coffer-sqlite3";

    /// <summary>3.37 of November 2021.</summary>
    public const int OldestVersion = 3_037_000;

    private static readonly Lazy<nint> Loaded = new(static () => Load(CandidateNames()));

    static SqliteLibrary() => NativeLibrary.SetDllImportResolver(
        typeof(SqliteLibrary).Assembly, static (name, _, _) => name == Name ? Loaded.Value : 0);

    public static string Version => Readable(NativeSqlite.VersionNumber());

    /// <summary>Loads the library and judges its version; every connection asks for it first.</summary>
    /// <exception cref="SqliteCatalogException">There is none, or it is too old.</exception>
    public static void Require()
    {
        _ = Loaded.Value; // here, so that its exception comes through undressed
        RequireVersion(NativeSqlite.VersionNumber());
        if (!OperatingSystem.IsMacOS())
        {
            // Counting every allocation takes one lock for all connections. Refused, and needless, once a connection is open.
            _ = NativeSqlite.ConfigureLibrary(NativeSqlite.ConfigMemoryStatistics, 0);
        }
    }

    internal static void RequireVersion(int version)
    {
        if (version < OldestVersion)
        {
            throw new SqliteCatalogException(
                $"the system's SQLite is {Readable(version)}, but {Readable(OldestVersion)} or newer is needed; {InstallHint()}");
        }
    }

    internal static nint Load(IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                return library;
            }
        }

        throw new SqliteCatalogException($"the system has no SQLite library ({string.Join(", ", names)}); {InstallHint()}");
    }

    private static string[] CandidateNames() =>
        OperatingSystem.IsWindows() ? ["winsqlite3.dll", "sqlite3.dll"]
        : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib", "/usr/lib/libsqlite3.dylib"]
        : ["libsqlite3.so.0", "libsqlite3.so"];

    private static string InstallHint() =>
        OperatingSystem.IsWindows() ? "Windows 10 and later bring winsqlite3.dll, or put sqlite3.dll beside the program"
        : OperatingSystem.IsMacOS() ? "install it with: brew install sqlite"
        : File.Exists("/sbin/apk") ? "install it with: apk add sqlite-libs"
        : Directory.Exists("/etc/yum.repos.d") ? "install it with: dnf install sqlite-libs"
        : "install it with: apt-get install libsqlite3-0";

    private static string Readable(int version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version / 1_000_000}.{version / 1000 % 1000}.{version % 1000}");
}
