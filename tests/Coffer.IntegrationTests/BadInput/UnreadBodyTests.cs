using System.Diagnostics;
using System.Net;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.BadInput;

/// <summary>Refusals that come while the body is still on its way, over HTTP/2: the answer must outlive the sending.</summary>
public sealed class UnreadBodyTests(SharedServer server)
{
    private const int Rounds = 5;
    private const int TenMegabytes = 10_000_000;

    [Theory]
    [InlineData("/v1/objects", false, 413, "too_large"), InlineData("/v1/objects", true, 413, "too_large")]
    [InlineData("/v1/nothing", false, 404, "not_found"), InlineData("/v1/nothing", true, 404, "not_found")]
    [InlineData("/v1/objects/public", false, 405, "method_not_allowed")]
    [InlineData("/v1/objects/{id}/download", false, 413, "too_large")]
    public async Task A_large_body_that_is_refused_gets_its_answer_each_time(string path, bool ofUnknownLength, int status, string code)
    {
        Api api = await server.Accounts.NewAsync();
        path = path.Replace("{id}", (await api.CreateAsync()).Id, StringComparison.Ordinal);
        string body = $$$"""{"name":"a","content_type":"text","metadata":{"k":"{{{new string('v', TenMegabytes)}}}"}}""";

        for (int i = 0; i < Rounds; i++)
        {
            using HttpContent content = ofUnknownLength ? new Unsized(body.Length, 'v') : new StringContent(body);
            Task<Answer> refused = api.SendAsync("POST", path, content, version: HttpVersion.Version20);
            Task<Answer> other = api.SendAsync("GET", "/v1/objects", version: HttpVersion.Version20);

            (await refused).ExpectError(status, code);
            (await other).Expect(200);
        }
    }

    [Fact]
    public async Task An_upload_that_is_refused_gets_its_answer_each_time()
    {
        Api api = await server.Accounts.NewAsync();
        CreatedObject done = await api.CreateAsync();
        (await api.UploadAsync(done.UploadUrl, "done")).Expect(200);
        (await api.CompleteAsync(done.Id)).Expect(200);

        for (int i = 0; i < Rounds; i++)
        {
            (await PutAsync(done.UploadUrl)).ExpectError(409, "wrong_state");
            (await PutAsync(done.UploadUrl + "x")).ExpectError(403, "signature_invalid");
        }

        Task<Answer> PutAsync(string url) =>
            api.SendAsync("PUT", url, new ByteArrayContent(new byte[TenMegabytes]), version: HttpVersion.Version20);
    }

    [Fact]
    public async Task A_call_without_a_key_is_refused_each_time_whatever_it_sends()
    {
        for (int i = 0; i < Rounds; i++)
        {
            using var content = new ByteArrayContent(new byte[900_000]);
            (await server.Api.WithKey(null).SendAsync("POST", "/v1/objects", content, version: HttpVersion.Version20))
                .ExpectError(401, "not_authenticated");
        }
    }

    [Fact]
    public async Task A_body_that_does_not_end_does_not_keep_its_answer_for_long()
    {
        var waited = Stopwatch.StartNew();
        using var content = new Unsized(long.MaxValue, ' ') { Pause = TimeSpan.FromMilliseconds(200) };

        Answer answer = await server.Api.SendAsync("POST", "/v1/nothing", content, version: HttpVersion.Version20);

        answer.ExpectError(404, "not_found");
        Assert.InRange(waited.Elapsed, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Curl_gets_the_answer_to_a_large_body_each_time()
    {
        RunCommand.Ended version = await Curl.RunAsync("--version");
        Assert.SkipUnless(version.Text.Contains("HTTP2", StringComparison.Ordinal), "this curl speaks no HTTP/2");
        string file = Path.Combine(server.Process.Folder, "three-megabytes");
        await File.WriteAllBytesAsync(file, new byte[3_000_000]);

        for (int i = 0; i < Rounds; i++)
        {
            RunCommand.Ended ended = await Curl.RunAsync(
                "--http2-prior-knowledge", "--max-time", "20", "-w", " %{http_code}", "-H", $"Authorization: Bearer {server.Api.Token}",
                "-H", "Content-Type: application/json", "--data-binary", $"@{file}", new Uri(server.Process.BaseUrl, "/v1/objects").ToString());
            Assert.EndsWith(" 413", ended.Text, StringComparison.Ordinal);
            Assert.Contains("too_large", ended.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>A body whose length nobody says.</summary>
    private sealed class Unsized(long size, char filling) : HttpContent
    {
        private static readonly int PieceSize = 16 * 1024;

        /// <summary>Between two pieces.</summary>
        public TimeSpan Pause { get; init; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            byte[] piece = new byte[PieceSize];
            Array.Fill(piece, (byte)filling);
            for (long sent = 0; sent < size; sent += piece.Length)
            {
                await stream.WriteAsync(piece);
                await stream.FlushAsync();
                await Task.Delay(Pause);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
