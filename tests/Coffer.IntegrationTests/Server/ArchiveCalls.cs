using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Coffer.IntegrationTests.Server;

internal static class ArchiveCalls
{
    /// <summary>A READ_ONLY object that holds a tgz of these files.</summary>
    public static Task<string> StoreArchiveAsync(this Api api, params (string Name, string Content)[] files) =>
        api.StoreAsync(Tgz(files), new { name = "archive.tar.gz", content_type = "tgz" });

    public static Task<Answer> EntriesAsync(this Api api, string id, string query = "") => api.GetAsync($"/v1/objects/{id}/entries{query}");

    public static Task<Answer> EntryAsync(this Api api, string id, string name) => api.GetAsync($"/v1/objects/{id}/entries/{name}");

    public static string[] Names(this Answer page) => [.. page.Json.Items("entries").Select(entry => entry.Text("name")!)];

    public static byte[] Tgz(params (string Name, string Content)[] files) =>
        Tgz(files.Select(file => (file.Name, Encoding.UTF8.GetBytes(file.Content))));

    public static byte[] Tgz(IEnumerable<(string Name, byte[] Content)> files)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach ((string name, byte[] content) in files)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(content), ModificationTime = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
                });
            }
        }

        return packed.ToArray();
    }
}
