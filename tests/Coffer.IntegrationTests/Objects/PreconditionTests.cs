using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>Conditional GET and HEAD of content, RFC 9110 §13.</summary>
public sealed class PreconditionTests(SharedServer server) : IAsyncLifetime
{
    private const string LongAgo = "Mon, 01 Jan 2001 00:00:00 GMT";
    private const string FarAhead = "Fri, 01 Jan 2100 00:00:00 GMT";
    private readonly Api _api = server.Api;
    private string _url = "";
    private string _etag = "";
    private string _modified = "";

    public async ValueTask InitializeAsync()
    {
        _url = await _api.DownloadUrlAsync(await _api.StoreAsync("0123456789"));
        Answer whole = await _api.GetAsync(_url);
        (_etag, _modified) = (whole.Header("ETag")!, whole.Header("Last-Modified")!);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task If_None_Match_spares_what_the_caller_has()
    {
        await AnswersAsync(304, ("If-None-Match", _etag));
        await AnswersAsync(304, ("If-None-Match", "W/" + _etag));
        await AnswersAsync(304, ("If-None-Match", $"\"other\", {_etag}"));
        await AnswersAsync(304, ("If-None-Match", "*"));
        await AnswersAsync(200, ("If-None-Match", "\"other\""));
    }

    [Fact]
    public async Task If_Match_demands_what_the_caller_knows()
    {
        await AnswersAsync(200, ("If-Match", _etag));
        await AnswersAsync(200, ("If-Match", "*"));
        await AnswersAsync(412, ("If-Match", "\"other\""));
        await AnswersAsync(412, ("If-Match", "W/" + _etag)); // only strong tags count here
    }

    [Fact]
    public async Task If_Modified_Since_and_If_Unmodified_Since_compare_times()
    {
        await AnswersAsync(304, ("If-Modified-Since", _modified));
        await AnswersAsync(304, ("If-Modified-Since", FarAhead));
        await AnswersAsync(200, ("If-Modified-Since", LongAgo));
        await AnswersAsync(200, ("If-Modified-Since", "no date"));
        await AnswersAsync(200, ("If-Unmodified-Since", _modified));
        await AnswersAsync(412, ("If-Unmodified-Since", LongAgo));
    }

    [Fact]
    public async Task Tags_win_over_times()
    {
        await AnswersAsync(200, ("If-None-Match", "\"other\""), ("If-Modified-Since", FarAhead));
        await AnswersAsync(200, ("If-Match", _etag), ("If-Unmodified-Since", LongAgo));
    }

    [Fact]
    public async Task A_condition_comes_before_a_range()
    {
        await AnswersAsync(304, ("If-None-Match", _etag), ("Range", "bytes=0-1"));
        await AnswersAsync(412, ("If-Match", "\"other\""), ("Range", "bytes=0-1"));
        await AnswersAsync(206, ("If-None-Match", "\"other\""), ("Range", "bytes=0-1"));
    }

    private async Task AnswersAsync(int status, params (string, string)[] headers)
    {
        Answer answer = (await _api.GetAsync(_url, headers)).Expect(status);
        if (status == 304)
        {
            Assert.Equal(_etag, answer.Header("ETag"));
        }

        (await _api.SendAsync("HEAD", _url, headers: headers)).Expect(status == 206 ? 200 : status);
    }
}
