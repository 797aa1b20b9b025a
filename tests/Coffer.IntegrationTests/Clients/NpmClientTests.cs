using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Clients;

/// <summary>The published @runloop/api-client with default options, hence over HTTP/2 with prior knowledge.</summary>
public sealed class NpmClientTests
{
    [Fact]
    public async Task The_whole_life_of_an_object_works_over_HTTP_2()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();

        await NodeScript.RunAsync("life.mjs", server, Canary.ApiKey);

        RequestLine[] requests = await RequestLine.WhenAsync(server, lines => lines.Any(line => line.Status == 400));
        Assert.All(
            requests.Where(line => line.Operation is not "health.live" and not "objects.upload" and not "objects.content"),
            line => Assert.Equal("HTTP/2", line.Protocol));
        Assert.Single(requests, line => line is { Operation: "objects.retrieve", Status: 404 });
        Assert.Single(requests, line => line is { Operation: "objects.download_url", Status: 410 }); // what cannot heal is not repeated
    }

    [Fact]
    public async Task Every_upload_helper_stores_what_it_was_given()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();

        await NodeScript.RunAsync("uploads.mjs", server, Canary.ApiKey);
    }

    [Fact]
    public async Task Paging_shows_each_object_once_also_while_objects_are_deleted()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();

        await NodeScript.RunAsync("paging.mjs", server, Canary.ApiKey);
    }

    [Fact]
    public async Task Public_objects_are_listed_and_open()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();

        await NodeScript.RunAsync("public.mjs", server, Canary.ApiKey);
    }

    [Fact]
    public async Task A_wrong_state_is_told_once_and_not_repeated()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();

        await NodeScript.RunAsync("refusals.mjs", server, Canary.ApiKey);

        RequestLine[] requests = await RequestLine.WhenAsync(server, lines => lines.Count(line => line.Operation == "objects.complete") >= 2);
        Assert.Single(requests, line => line is { Operation: "objects.download_url", Status: 409 });
        Assert.Single(requests, line => line is { Operation: "objects.complete", Status: 400 });
        Assert.Single(requests, line => line is { Operation: "objects.complete", Status: 409 });
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_answered_and_harms_no_other_call()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();

        await NodeScript.RunAsync("too-large.mjs", server, Canary.ApiKey);

        RequestLine[] requests = await RequestLine.WhenAsync(server, lines => lines.Any(line => line.Status == 404));
        Assert.Equal(20, requests.Count(line => line is { Operation: "objects.create", Status: 413, Protocol: "HTTP/2" }));
        Assert.Equal(60, requests.Count(line => line is { Operation: "objects.list", Status: 200 }));
    }

    [Fact]
    public async Task A_wrong_key_is_told_once()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();

        await NodeScript.RunAsync("wrong-key.mjs", server, "not a key of this server");

        RequestLine[] requests = await RequestLine.WhenAsync(server, lines => lines.Any(line => line.Operation == "objects.create"));
        Assert.Equal(2, requests.Count(line => line.Status == 401));
    }

    [Fact]
    public async Task HTTP_1_1_works_when_the_client_is_told_so()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();

        await NodeScript.RunAsync("http1.mjs", server, Canary.ApiKey);

        RequestLine[] requests = await RequestLine.WhenAsync(server, lines => lines.Any(line => line.Operation == "objects.content"));
        Assert.All(requests, line => Assert.Equal("HTTP/1.1", line.Protocol));
    }
}
