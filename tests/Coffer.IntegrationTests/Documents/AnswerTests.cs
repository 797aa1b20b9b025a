using System.Text.Json;
using System.Text.RegularExpressions;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Documents;

/// <summary>The answers that the pages show have the members that the server sends, no more and no fewer; what they tell to send is taken.</summary>
public sealed partial class AnswerTests(SharedServer server)
{
    private readonly Api _api = server.Api;

    [Fact]
    public async Task The_JSON_of_the_HTTP_page_is_what_the_server_answers()
    {
        string id = await _api.StoreAsync();
        JsonElement[] answers =
        [
            (await _api.PostAsync("/v1/objects", new { name = "my-data-file.csv", content_type = "text/csv", is_public = false })).Expect(200).Json,
            (await _api.GetAsync("/v1/objects")).Expect(200).Json,
            (await _api.PostAsync($"/v1/objects/{id}/download", "{}")).Expect(200).Json,
            (await _api.EntriesAsync(await _api.StoreArchiveAsync(("src/main.c", "int main;")))).Expect(200).Json,
            (await _api.RetrieveAsync("obj_00000000000000000000000000")).Expect(404).Json,
        ];

        string[] shown = Page.Blocks("docs/objects-http.md", "json");

        Assert.Equal(answers.Length, shown.Length);
        Assert.All(shown.Zip(answers), pair => Assert.Equal(MembersOf(pair.Second), Page.Members(pair.First)));
    }

    [Fact]
    public async Task The_create_page_shows_what_is_taken_and_what_comes_back()
    {
        string[] shown = Page.Blocks("docs/create-object.md", "json");
        Assert.Equal(2, shown.Length);

        JsonElement view = (await _api.PostAsync("/v1/objects", shown[0])).Expect(200).Json;

        Assert.Equal(MembersOf(view), Page.Members(shown[1]));
        JsonElement example = JsonSerializer.Deserialize<JsonElement>(shown[1]);
        foreach (string same in new[] { "name", "state", "size_bytes", "content_type", "metadata", "mime_type", "last_access_time_ms", "is_public", "public_url" })
        {
            Assert.True(JsonElement.DeepEquals(view.GetProperty(same), example.GetProperty(same)), same);
        }

        Assert.Equal(
            example.Number("delete_after_time_ms") - example.Number("create_time_ms"), view.Number("delete_after_time_ms") - view.Number("create_time_ms"));
        string[] described = [.. Row().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/create-object.md"))).Select(row => row.Groups["name"].Value)];
        Assert.Equal(MembersOf(view).Concat(Page.Members(shown[0])).Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_bootstrap_file_of_the_access_page_is_taken()
    {
        await using CofferProcess own = CofferProcess.Make();
        string token = Path.Combine(own.Folder, "team-b");
        await File.WriteAllTextAsync(token, "a-token-that-stands-in-a-file");
        string keySet = Path.Combine(own.Folder, "keys.json");
        await File.WriteAllTextAsync(keySet, """{ "keys": [] }""");
        string file = Path.Combine(own.Folder, "bootstrap.json");
        string shown = Assert.Single(Page.Blocks("docs/access.md", "json"));
        const string placeholder = "<the 64 digits that sha256sum prints>"; // nobody's key, and refused as it stands
        Assert.Contains(placeholder, shown, StringComparison.Ordinal);
        RunCommand.Ended sum = await RunCommand.RunAsync("/bin/sh", ["-c", HashCommand(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/access.md")))], null, ("TOKEN", "a-token-of-which-only-the-hash-stands-there"));
        await File.WriteAllTextAsync(
            file,
            shown.Replace("/run/secrets/team-b", token, StringComparison.Ordinal)
                .Replace("/etc/coffer/team-b-keys.json", keySet, StringComparison.Ordinal).Replace(placeholder, sum.Text[..64], StringComparison.Ordinal));

        await own.StartAgainAsync(("COFFER_BOOTSTRAP", file), ("TEAM_B_JWT_SECRET", "a-secret-of-at-least-32-characters-for-hs256"));

        Api team = own.Api.WithKey("a-token-that-stands-in-a-file");
        Assert.Equal(1, await StoredAsync());
        (await own.Api.WithKey("a-token-of-which-only-the-hash-stands-there").GetAsync("/v1/objects")).Expect(200);
        JsonElement[] keys = (await own.Operator.GetAsync("/admin/v1/keys?account=team-b")).Expect(200).Json.Items("keys");
        Assert.Equal(2, keys.Length);
        Assert.All(keys, key => Assert.Equal("service", key.Text("right")));
        Assert.Single(keys, key => key.Text("label") == "deploy");

        async Task<long> StoredAsync()
        {
            await team.StoreAsync();
            return await team.CountAsync();
        }
    }

    private static string HashCommand(string page) => Hash().Match(page).Groups["line"].Value;

    private static string[] MembersOf(JsonElement answer) => [.. answer.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)];

    [GeneratedRegex("`(?<line>printf [^`]*sha256sum)`", RegexOptions.None, 10_000)]
    private static partial Regex Hash();

    [GeneratedRegex(@"^\| `(?<name>[a-z_]+)` \| (?:string|integer|boolean|object)", RegexOptions.Multiline, 10_000)]
    private static partial Regex Row();
}
