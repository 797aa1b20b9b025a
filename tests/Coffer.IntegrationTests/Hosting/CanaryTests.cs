using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Hosting;

/// <summary>
/// Runs when all other tests are over, alone, and searches what the shared server has written and answers for the secrets it
/// was started with and those it has handed out. The logs of other servers are searched when they are disposed, and every error
/// when it is received.
/// </summary>
[Collection(nameof(AfterAllOthers))]
public sealed class CanaryTests(SharedServer server)
{
    private readonly CofferProcess _process = server.Process;

    [Fact]
    public async Task No_secret_and_no_signature_is_in_the_log_in_the_metrics_or_in_the_OpenAPI_document()
    {
        // Some of everything, so that the test also means something when it runs alone.
        Api own = await server.Accounts.NewAsync();
        CreatedObject created = await own.CreateAsync(new { name = "a", content_type = "text", is_public = true });
        (await own.UploadAsync(created.UploadUrl, "bytes")).Expect(200);
        (await own.GetAsync(created.UploadUrl)).Expect(403);
        (await own.CompleteAsync(created.Id)).Expect(200);
        (await own.DownloadAsync(created.Id)).Expect(200);
        (await own.WithKey($"{Canary.ApiKey} but wrong").GetAsync("/v1/objects")).Expect(401);
        (await own.WithKey(Canary.SigningKey).GetAsync("/metrics")).Expect(401);
        (await own.DeleteAsync($"/admin/v1/keys/{own.Token}")).ExpectError(404, "key_not_found"); // a token where an id belongs
        (await own.DeleteAsync($"/admin/v1/keys/{Uri.EscapeDataString(Canary.Mark)}")).ExpectError(404, "key_not_found");
        (await own.RetrieveAsync(own.Token!)).ExpectError(404, "object_not_found");
        await RequestLine.WhenAsync(_process, lines => lines.Any(line => line.Operation == "metrics.read"));

        SearchFor(_process.Log, "log");
        SearchFor((await _process.Operator.GetAsync("/metrics")).Text, "metrics");
        SearchFor((await own.GetAsync("/openapi/v1.json")).Text, "OpenAPI document");
        Assert.NotEmpty(_process.Handed.Secrets);
        Assert.Contains("\"event\":\"request\"", _process.Log, StringComparison.Ordinal); // there was something to search
    }

    [Fact]
    public async Task No_error_repeats_a_secret()
    {
        string id = await server.Api.StoreAsync();
        string url = await server.Api.DownloadUrlAsync(id);
        Api wrong = server.Api.WithKey($"{Canary.Mark}-a-wrong-key");

        foreach (Answer answer in new[]
        {
            await wrong.GetAsync("/v1/objects"), await wrong.GetAsync("/admin/v1/keys"), await wrong.GetAsync("/metrics"),
            await server.Api.GetAsync("/admin/v1/accounts"), await server.Api.GetAsync(url + "x"), await server.Api.UploadAsync(url, "x"),
            await server.Api.PostAsync("/v1/objects", $$"""{"name":"{{Canary.ApiKey}}\u0000","content_type":"text"}"""),
            await _process.Operator.PostAsync("/admin/v1/accounts", new { name = "a", jwt_secret = Canary.Mark }),
        })
        {
            Assert.InRange((int)answer.Status, 400, 499);
            SearchFor(answer.Text, $"answer {answer.Text}");
        }
    }

    [Fact]
    public void Nothing_went_wrong_unnoticed() =>
        Assert.DoesNotContain("internal_error", _process.Log, StringComparison.Ordinal);

    private void SearchFor(string text, string where)
    {
        Canary.SearchFor(_process.Handed, text, where);
        Assert.False(text.Contains("signature=", StringComparison.OrdinalIgnoreCase), $"a signed query is in the {where}");
    }
}

/// <summary>Collections that do not run in parallel run after all those that do.</summary>
[CollectionDefinition(nameof(AfterAllOthers), DisableParallelization = true)]
public sealed class AfterAllOthers;
