using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>The calls on devboxes, and what tests mount in them.</summary>
internal static class DevboxApi
{
    public static Task<Answer> CreateBoxAsync(this Api api, object body, params (string Name, string Value)[] headers) =>
        api.PostAsync("/v1/devboxes", body, headers);

    /// <summary>Makes a devbox, which runs.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> NewBoxAsync(this Api api, object? body = null)
    {
        Answer made = (await api.CreateBoxAsync(body ?? new { })).Expect(200);
        Assert.Equal("running", made.Json.Text("status"));
        return made.Json.Text("id")!;
    }

    /// <summary>Makes a devbox with objects mounted.</summary>
    public static Task<string> NewBoxAsync(this Api api, params (string Object, string Path)[] mounts) => api.NewBoxAsync(MountsOf(mounts));

    public static object MountsOf(params (string Object, string Path)[] mounts) => new
    {
        mounts = mounts.Select(mount => new { type = "object_mount", object_id = mount.Object, object_path = mount.Path }).ToArray(),
    };

    public static Task<Answer> BoxAsync(this Api api, string id) => api.GetAsync($"/v1/devboxes/{id}");

    public static Task<Answer> ShutdownAsync(this Api api, string id) => api.PostAsync($"/v1/devboxes/{id}/shutdown");

    public static Task<Answer> ReadAsync(this Api api, string id, string path) =>
        api.PostAsync($"/v1/devboxes/{id}/read_file_contents", new { file_path = path });

    /// <summary>The text of a file that is there.</summary>
    public static async Task<string> TextAsync(this Api api, string id, string path) => (await api.ReadAsync(id, path)).Expect(200).Text;

    public static Task<Answer> WriteAsync(this Api api, string id, string path, string contents) =>
        api.PostAsync($"/v1/devboxes/{id}/write_file_contents", new { file_path = path, contents });

    public static Task<Answer> DownloadAsync(this Api api, string id, string path) => api.PostAsync($"/v1/devboxes/{id}/download_file", new { path });

    public static Task<Answer> UploadAsync(this Api api, string id, string path, byte[] bytes, bool isPathFirst = true)
    {
        var form = new MultipartFormDataContent();
        var file = new ByteArrayContent(bytes);
        if (isPathFirst)
        {
            form.Add(new StringContent(path), "path");
        }

        form.Add(file, "file", "blob");
        if (!isPathFirst)
        {
            form.Add(new StringContent(path), "path");
        }

        return api.SendAsync("POST", $"/v1/devboxes/{id}/upload_file", form);
    }

    /// <summary>What is <c>/</c> in the devbox, as the machine has it.</summary>
    public static string RootOf(this CofferProcess server, string id) => Path.Combine(server.Data, "devboxes", id, "root");

    /// <summary>Ids of an account's devboxes, newest first.</summary>
    public static async Task<string[]> BoxesAsync(this Api api, string query = "") =>
        [.. (await api.GetAsync($"/v1/devboxes{query}")).Expect(200).Json.Items("devboxes").Select(box => box.Text("id")!)];

    public static byte[] Tar(params (string Name, string Content)[] files)
    {
        using var made = new MemoryStream();
        using (var writer = new TarWriter(made, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach ((string name, string content) in files)
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
            }
        }

        return made.ToArray();
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var made = new MemoryStream();
        using (var writer = new GZipStream(made, CompressionLevel.Fastest, leaveOpen: true))
        {
            writer.Write(bytes);
        }

        return made.ToArray();
    }

    public static byte[] Tgz(params (string Name, string Content)[] files) => Gzip(Tar(files));

    public static Task<string> StoreAsync(this Api api, byte[] bytes, string name, string contentType) =>
        api.StoreAsync(bytes, new { name, content_type = contentType });
}
