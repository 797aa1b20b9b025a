using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>A link is good for one object, one verb and its time; everything else is 403.</summary>
public sealed class LinkTests(SharedServer server)
{
    private readonly Api _api = server.Api;

    [Fact]
    public async Task Links_made_by_the_rule_are_the_links_that_the_server_makes()
    {
        string id = await _api.StoreAsync("bytes");
        string url = await _api.DownloadUrlAsync(id);

        Assert.Equal(url, Signing.Link(server.Process, "download", id, long.Parse(ParameterOf(url, "expires"), System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task An_expired_link_is_refused()
    {
        CreatedObject created = await _api.CreateAsync();
        string id = await _api.StoreAsync();
        long past = DateTimeOffset.UtcNow.AddSeconds(-1).ToUnixTimeMilliseconds();

        (await _api.UploadAsync(Signing.Link(server.Process, "upload", created.Id, past), "bytes")).ExpectError(403, "signature_expired");
        (await _api.GetAsync(Signing.Link(server.Process, "download", id, past))).ExpectError(403, "signature_expired");
        (await _api.SendAsync("HEAD", Signing.Link(server.Process, "download", id, past))).Expect(403);
        (await _api.CompleteAsync(created.Id)).ExpectError(400, "nothing_uploaded");
    }

    [Fact]
    public async Task A_link_ends_when_it_says_so()
    {
        string id = await _api.StoreAsync("bytes");
        string url = (await _api.GetAsync($"/v1/objects/{id}/download?duration_seconds=2")).Json.Text("download_url")!;
        (await _api.GetAsync(url)).Expect(200);

        await Task.Delay(2100);

        (await _api.GetAsync(url)).ExpectError(403, "signature_expired");
    }

    [Fact]
    public async Task A_link_that_was_changed_anywhere_is_refused()
    {
        string id = await _api.StoreAsync("bytes");
        string other = await _api.StoreAsync("others");
        string url = await _api.DownloadUrlAsync(id);
        string signature = ParameterOf(url, "signature");
        string expires = ParameterOf(url, "expires");
        string later = expires[..^1] + (expires[^1] == '9' ? '8' : '9');
        string flipped = (signature[0] == 'A' ? 'B' : 'A') + signature[1..];

        foreach (string forged in new[]
        {
            url.Replace(id, other, StringComparison.Ordinal), url.Replace(expires, later, StringComparison.Ordinal),
            url.Replace(signature, flipped, StringComparison.Ordinal), url.Replace(signature, signature[..^1], StringComparison.Ordinal),
            url.Replace(signature, "", StringComparison.Ordinal), url + "A", url.Replace(signature, signature + "==", StringComparison.Ordinal),
            url.Replace(signature, "%00", StringComparison.Ordinal), url.Replace(signature, new string('A', 10_000), StringComparison.Ordinal),
            url.Replace($"expires={expires}", "expires=", StringComparison.Ordinal), url.Replace($"expires={expires}", "expires=-1", StringComparison.Ordinal),
            url.Replace($"expires={expires}", "expires=99999999999999999999", StringComparison.Ordinal),
            url.Replace("use=download", "use=upload", StringComparison.Ordinal), url.Replace("use=download", "use=public", StringComparison.Ordinal),
            url.Replace("use=download", "use=anything", StringComparison.Ordinal), url.Replace("use=download&", "", StringComparison.Ordinal),
            url + "&use=upload", url + "&expires=1", url + $"&signature={signature}",
        })
        {
            (await _api.GetAsync(forged)).ExpectError(403, "signature_invalid");
        }
    }

    [Fact]
    public async Task A_link_of_another_installation_is_refused()
    {
        string id = await _api.StoreAsync();
        long soon = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds();

        (await _api.GetAsync(Signing.Link(server.Process, "download", id, soon, "another-signing-key-of-32-bytes-and-more"))).ExpectError(403, "signature_invalid");
    }

    [Fact]
    public async Task A_download_link_does_not_upload_and_an_upload_link_does_not_download()
    {
        CreatedObject created = await _api.CreateAsync();
        long soon = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds();

        (await _api.UploadAsync(Signing.Link(server.Process, "download", created.Id, soon), "bytes")).ExpectError(403, "signature_invalid");
        (await _api.UploadAsync(Signing.Link(server.Process, "public", created.Id, soon), "bytes")).ExpectError(403, "signature_invalid");
        (await _api.UploadAsync(created.UploadUrl, "bytes")).Expect(200);
        (await _api.CompleteAsync(created.Id)).Expect(200);

        (await _api.GetAsync(created.UploadUrl)).ExpectError(403, "signature_invalid");
        (await _api.SendAsync("HEAD", created.UploadUrl)).Expect(403);
    }

    [Fact]
    public async Task A_link_is_no_key()
    {
        string id = await _api.StoreAsync();
        string query = new Uri(await _api.DownloadUrlAsync(id)).Query;
        Api nobody = _api.WithKey(null);

        (await nobody.GetAsync($"/v1/objects/{id}{query}")).ExpectError(401, "not_authenticated");
        (await nobody.SendAsync("DELETE", $"/v1/objects/{id}{query}")).ExpectError(401, "not_authenticated");
        (await nobody.PostAsync($"/v1/objects/{id}/complete{query}")).ExpectError(401, "not_authenticated");
        (await nobody.SendAsync("DELETE", $"/v1/objects/{id}/content{query}")).Expect(405);
        (await nobody.SendAsync("POST", $"/v1/objects/{id}/content{query}")).Expect(405);
    }

    [Fact]
    public async Task A_configured_upload_life_is_kept()
    {
        await using CofferProcess own = await CofferProcess.StartAsync(new ServerSetup().With("COFFER_UPLOAD_URL_SECONDS", "2"));
        CreatedObject created = await own.Api.CreateAsync();
        (await own.Api.UploadAsync(created.UploadUrl, "bytes")).Expect(200);

        await Task.Delay(2200);

        (await own.Api.UploadAsync(created.UploadUrl, "late")).ExpectError(403, "signature_expired");
        (await own.Api.CompleteAsync(created.Id)).Expect(200);
    }

    [Fact]
    public async Task An_upload_url_lives_for_24_hours_unless_configured()
    {
        CreatedObject created = await _api.CreateAsync();

        long life = long.Parse(ParameterOf(created.UploadUrl, "expires"), System.Globalization.CultureInfo.InvariantCulture) - created.View.Number("create_time_ms")!.Value;

        Assert.InRange(life, 86_400_000, 86_460_000);
    }

    private static string ParameterOf(string url, string name) =>
        new Uri(url).Query.TrimStart('?').Split('&').Select(pair => pair.Split('=', 2)).Single(pair => pair[0] == name)[1];
}
