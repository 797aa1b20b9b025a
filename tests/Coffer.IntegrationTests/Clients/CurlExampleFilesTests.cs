using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Clients;

/// <summary>The example files of the guide go up and come back by curl, with the right class and media type.</summary>
public sealed class CurlExampleFilesTests(SharedServer server)
{
    [Theory]
    [InlineData("training-dataset-v1.jsonl", "application/jsonl", "text"), InlineData("validation-data.csv", "text/csv", "text")]
    [InlineData("app-config.json", "application/json", "text"), InlineData("environment-vars.env", "text/plain", "text")]
    [InlineData("logo.png", "image/png", "binary"), InlineData("documentation.pdf", "application/pdf", "binary")]
    [InlineData("template.html", "text/html", "text"), InlineData("db-backup-2024-01-15.sql", "application/sql", "text")]
    [InlineData("code-snapshot.tar.gz", "application/x-tgz", "tgz")]
    public async Task A_file_comes_back_byte_for_byte_with_its_class_and_type(string name, string mediaType, string contentClass)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("coffer-curl-");
        try
        {
            string file = Path.Combine(folder.FullName, name);
            byte[] bytes = Bytes.Random(150_000, seed: name.Length);
            await File.WriteAllBytesAsync(file, bytes);

            JsonElement created = await JsonAsync("POST", "/v1/objects", JsonSerializer.Serialize(new { name, content_type = mediaType }));
            await Curl.RunAsync("--fail", "-T", file, created.Text("upload_url")!);
            JsonElement view = await JsonAsync("POST", $"/v1/objects/{created.Text("id")}/complete", "{}");
            JsonElement link = await JsonAsync("POST", $"/v1/objects/{created.Text("id")}/download", "{}");
            string back = Path.Combine(folder.FullName, "back");
            string type = (await Curl.RunAsync("--fail", "--compressed", "-o", back, "-w", "%{content_type}", link.Text("download_url")!)).Text;

            Assert.Equal(contentClass, view.Text("content_type"));
            Assert.Equal(mediaType, view.Text("mime_type"));
            Assert.Equal(bytes.Length, view.Number("size_bytes"));
            Assert.Equal(mediaType, type);
            Assert.Equal(bytes, await File.ReadAllBytesAsync(back));

            // And under the name it was given.
            await Curl.RunAsync("--fail", "--output-dir", folder.CreateSubdirectory("named").FullName, "-OJ", link.Text("download_url")!);
            Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(folder.FullName, "named", name)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_stream_of_unknown_length_goes_up_and_an_interrupted_download_goes_on()
    {
        CreatedObject created = await server.Api.CreateAsync("stream.bin", "binary");
        byte[] bytes = Bytes.Random(300_000);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("coffer-curl-");
        try
        {
            string file = Path.Combine(folder.FullName, "in");
            string part = Path.Combine(folder.FullName, "part");
            await File.WriteAllBytesAsync(file, bytes);
            await Curl.ShellAsync($"cat '{file}' | curl -sS --fail -T - '{created.UploadUrl}'");
            (await server.Api.CompleteAsync(created.Id)).Expect(200);
            await File.WriteAllBytesAsync(part, bytes[..100_000]);

            await Curl.RunAsync("--fail", "-C", "-", "-o", part, await server.Api.DownloadUrlAsync(created.Id));

            Assert.Equal(bytes, await File.ReadAllBytesAsync(part));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<JsonElement> JsonAsync(string method, string path, string body) => JsonSerializer.Deserialize<JsonElement>((await Curl.RunAsync(
        "--fail", "-X", method, $"{server.Process.BaseUrl}{path[1..]}", "-H", $"Authorization: Bearer {Canary.ApiKey}", "-H", "Content-Type: application/json", "-d", body)).Output);
}
