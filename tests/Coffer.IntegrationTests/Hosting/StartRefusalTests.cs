using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Hosting;

/// <summary>What stops a start is said in one line that tells what to do, and the exit code is 1.</summary>
public sealed class StartRefusalTests
{
    [Fact]
    public async Task A_port_that_is_taken()
    {
        await using CofferProcess first = await CofferProcess.StartAsync();
        await using CofferProcess second = CofferProcess.Make();

        await RefusedAsync(second, $"{first.Port}", ("COFFER_URLS", $"http://127.0.0.1:{first.Port}"));
    }

    [Fact]
    public async Task A_data_folder_that_another_process_owns()
    {
        await using CofferProcess first = await CofferProcess.StartAsync();
        await using CofferProcess second = CofferProcess.Make();

        await RefusedAsync(second, "in use by another", ("COFFER_DATA", first.Data));

        await first.Api.StoreAsync(); // the owner does not mind
    }

    [Fact]
    public async Task A_data_folder_that_is_none()
    {
        await using CofferProcess server = CofferProcess.Make();
        string file = Path.Combine(server.Folder, "file");
        await File.WriteAllTextAsync(file, "");

        await RefusedAsync(server, file, ("COFFER_DATA", Path.Combine(file, "data")));
    }

    [Fact]
    public async Task A_data_folder_whose_catalog_is_lost()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        string id = await server.Api.StoreAsync(new string('x', 200_000));
        await server.StopAsync();
        string catalog = Path.Combine(server.Data, "catalog.db");
        File.Move(catalog, catalog + ".away");

        await RefusedAsync(server, "catalog.db"); // a new catalog would refer to none of the blobs, and these would be cleared

        File.Move(catalog + ".away", catalog);
        await server.StartAgainAsync();
        Assert.Equal(200_000, (await server.Api.DownloadAsync(id)).Expect(200).Body.Length);
    }

    [Theory]
    [InlineData("COFFER_SIGNING_KEY", "too short"), InlineData("COFFER_JWT_SECRET", "too short"), InlineData("COFFER_MAX_OBJECT_BYTES", "many")]
    [InlineData("COFFER_URLS", "ftp://localhost"), InlineData("COFFER_SHUTDOWN_SECONDS", "-1")]
    public async Task A_setting_that_cannot_be_honoured(string name, string value)
    {
        await using CofferProcess server = CofferProcess.Make();

        string line = await RefusedAsync(server, name, (name, value));

        Assert.DoesNotContain("too short", line.Replace("is too short", "", StringComparison.Ordinal), StringComparison.Ordinal); // secrets are not repeated
    }

    private static async Task<string> RefusedAsync(CofferProcess server, string named, params (string, string?)[] environment)
    {
        (int exitCode, string output) = await server.RunToEndAsync(environment);

        Assert.True(exitCode == 1, $"exit {exitCode}: {output}");
        string line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.StartsWith('{')); // the others are log lines
        Assert.Contains(named, line, StringComparison.Ordinal);
        return line;
    }
}
