using System.Diagnostics;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Hosting;

/// <summary>SIGTERM lets running transfers end.</summary>
public sealed class ShutdownTests
{
    private const int SigHup = 1;

    [Theory]
    [InlineData("1.1"), InlineData("2.0")]
    public async Task A_slow_download_ends_with_its_whole_body_and_the_server_with_0(string version)
    {
        byte[] bytes = Bytes.Random(40_000_000);
        await using CofferProcess server = await CofferProcess.StartAsync();
        string url = await server.Api.DownloadUrlAsync(await server.Api.StoreAsync(bytes, new { name = "a", content_type = "binary" }));
        using var slow = new HttpClient(new DescribedAnswers(new SocketsHttpHandler { UseProxy = false, InitialHttp2StreamWindowSize = 65_535 }));
        using var request = new HttpRequestMessage(HttpMethod.Get, url)
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using HttpResponseMessage response = await slow.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using Stream body = await response.Content.ReadAsStreamAsync();
        var got = new byte[bytes.Length];
        await body.ReadExactlyAsync(got.AsMemory(0, 100_000));

        server.Terminate();
        await Task.Delay(1500);
        Assert.True(await RefusesAsync(server), "new connections are still taken");
        for (int at = 100_000; at < got.Length;)
        {
            int count = Math.Min(4_000_000, got.Length - at);
            await body.ReadExactlyAsync(got.AsMemory(at, count));
            at += count;
            await Task.Delay(100); // slow, but alive
        }

        Assert.Equal(0, await body.ReadAsync(new byte[1]));
        Assert.True(bytes.AsSpan().SequenceEqual(got));
        Assert.Equal(0, await server.EndAsync(TimeSpan.FromSeconds(35)));
    }

    [Fact]
    public async Task A_slow_upload_that_ends_in_time_is_stored()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        CreatedObject created = await server.Api.CreateAsync("a", "binary");
        byte[] bytes = Bytes.Random(2_000_000);
        await using (RawHttp raw = await RawHttp.ConnectAsync(server))
        {
            await raw.SendAsync($"PUT {new Uri(created.UploadUrl).PathAndQuery} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {bytes.Length}\r\n\r\n");
            await raw.SendAsync(bytes.AsMemory(0, 500_000));
            await Task.Delay(300);

            server.Terminate();
            await Task.Delay(1000);
            await raw.SendAsync(bytes.AsMemory(500_000));

            (await raw.AnswerAsync()).Expect(200);
        }

        Assert.Equal(0, await server.EndAsync(TimeSpan.FromSeconds(35)));
        await server.StartAgainAsync();
        (await server.Api.CompleteAsync(created.Id)).Expect(200);
        Assert.Equal(bytes, (await server.Api.DownloadAsync(created.Id)).Body);
    }

    [Fact]
    public async Task A_transfer_that_does_not_end_is_cut_after_the_time_it_was_given()
    {
        await using CofferProcess server = await CofferProcess.StartAsync(new ServerSetup().With("COFFER_SHUTDOWN_SECONDS", "2"));
        CreatedObject created = await server.Api.CreateAsync("a", "binary");
        await using RawHttp raw = await RawHttp.ConnectAsync(server);
        await raw.SendAsync($"PUT {new Uri(created.UploadUrl).PathAndQuery} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nonly this");
        await Task.Delay(300);

        var waited = Stopwatch.StartNew();
        server.Terminate();
        int exitCode = await server.EndAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(0, exitCode);
        Assert.InRange(waited.Elapsed.TotalSeconds, 1.5, 15);
        await server.StartAgainAsync();
        (await server.Api.CompleteAsync(created.Id)).ExpectError(400, "nothing_uploaded");
    }

    [Fact]
    public async Task An_idle_server_with_open_connections_ends_at_once()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        await server.Api.StoreAsync();
        await using RawHttp silent = await RawHttp.ConnectAsync(server);

        var waited = Stopwatch.StartNew();
        await server.StopAsync();

        Assert.InRange(waited.Elapsed.TotalSeconds, 0, 10);
    }

    [Fact]
    public async Task A_terminal_that_is_closed_ends_the_server_in_order()
    {
        await using CofferProcess server = await CofferProcess.StartAsync(new ServerSetup { Wrapper = ["env", "--default-signal=HUP"] });
        await server.Api.StoreAsync();

        server.Signal(SigHup);

        Assert.Equal(0, await server.EndAsync(TimeSpan.FromSeconds(20)));
        Assert.False(File.Exists(Path.Combine(server.Data, "catalog.db-wal")));
    }

    [Fact]
    public async Task A_server_that_was_started_to_outlive_its_terminal_does()
    {
        await using CofferProcess server = await CofferProcess.StartAsync(new ServerSetup { Wrapper = ["env", "--ignore-signal=HUP"] });

        server.Signal(SigHup);
        await Task.Delay(500);

        await server.Api.StoreAsync();
        Assert.False(server.HasEnded);
    }

    private static async Task<bool> RefusesAsync(CofferProcess server)
    {
        try
        {
            await using RawHttp raw = await RawHttp.ConnectAsync(server);
            return false;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }
}
