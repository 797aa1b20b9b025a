using System.CommandLine;
using System.Runtime.CompilerServices;
using Coffer.Catalog.Sqlite;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.LocalFiles;
using Coffer.Server.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer compact</c>: gives the room that deletes left in the catalog back to the disk, while no server runs.</summary>
internal static class Compact
{
    public static Command Command() => new Verb(
        "compact",
        "Give room that deletes left in the catalog back to the disk; stop the server first.",
        "coffer compact --data /var/lib/coffer")
        {
            Without = new Dictionary<Option, string>
            {
                [GlobalOptions.Url] = "compact works on a data folder of this machine; choose it with --data",
                [GlobalOptions.Key] = "compact works on a data folder of this machine, without a key",
            },
        }
        .Runs(session =>
        {
            (long before, long after) = Run(session.Value(GlobalOptions.Data));
            session.Out.One(
                bare: null,
                [("Catalog", Sizes.Show(after)), ("Before", Sizes.Show(before))],
                json =>
                {
                    json.WriteStartObject();
                    json.WriteNumber("before_bytes", before);
                    json.WriteNumber("after_bytes", after);
                    json.WriteEndObject();
                });
            return Task.CompletedTask;
        });

    /// <remarks>Apart, because it loads the server.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (long BeforeBytes, long AfterBytes) Run(string? data)
    {
        try
        {
            var flags = new Dictionary<string, string?>(StringComparer.Ordinal) { [GlobalOptions.Data.Name] = data };
            string path = CofferOptions.Load(flags, Environment.GetEnvironmentVariable).Data;
            if (!File.Exists(Path.Combine(path, "catalog.db")))
            {
                throw new RefusedException($"there is no catalog in {path}; name the data folder with --data");
            }

            using DataFolder folder = DataFolder.Open(path);
            return CatalogCompaction.Run(folder.CatalogPath, NullLogger.Instance);
        }
        catch (ConfigurationException settings)
        {
            throw new UsageException(settings.Message);
        }
        catch (Exception refused) when (refused is DataFolderException or SqliteCatalogException)
        {
            throw new RefusedException(refused.Message);
        }
    }
}
