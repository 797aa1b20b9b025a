using System.Globalization;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>Files larger than any buffer, and bounds of what a devbox holds.</summary>
public sealed class LargeFileTests
{
    private const long GiB = 1 << 30;

    [Fact]
    public async Task A_file_of_1_GiB_streams_in_and_out()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        string id = await server.Api.NewBoxAsync();
        long before = PeakKiB(server);

        var form = new MultipartFormDataContent { { new StringContent("/large"), "path" }, { new StreamContent(new Letters(GiB)), "file", "large" } };
        (await server.Api.SendAsync("POST", $"/v1/devboxes/{id}/upload_file", form)).Expect(200);
        Assert.Equal(GiB, await LengthAsync(server, $"/v1/devboxes/{id}/download_file", """{"path":"/large"}"""));
        Assert.Equal(GiB, await LengthAsync(server, $"/v1/devboxes/{id}/read_file_contents", """{"file_path":"/large"}"""));

        Assert.InRange(PeakKiB(server) - before, 0, 150 << 10);
    }

    [Fact]
    public async Task A_devbox_holds_no_more_than_it_may()
    {
        await using CofferProcess server = await CofferProcess.StartAsync(
            new ServerSetup().With("COFFER_DEVBOX_MAX_BYTES", "1MiB").With("COFFER_DEVBOX_MAX_FILES", "20"));
        Api api = server.Api;
        string id = await api.NewBoxAsync();

        (await api.UploadAsync(id, "a", new byte[600_000])).Expect(200);
        (await api.UploadAsync(id, "b", new byte[600_000])).ExpectError(413, "too_large");
        (await api.UploadAsync(id, "c", new byte[2_000_000])).ExpectError(413, "too_large");
        (await api.WriteAsync(id, "d", new string('x', 600_000))).ExpectError(413, "too_large");
        (await api.WriteAsync(id, "e", "little")).Expect(200);
        (await api.ReadAsync(id, "b")).ExpectError(404, "file_not_found");

        string other = await api.NewBoxAsync();
        int made = 0;
        while ((await api.WriteAsync(other, $"f{made}", "x")).Status is System.Net.HttpStatusCode.OK)
        {
            Assert.InRange(++made, 1, 20);
        }

        Assert.InRange(made, 10, 20);
    }

    private static async Task<long> LengthAsync(CofferProcess server, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.BaseUrl, path)) { Content = new StringContent(body) };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {server.Api.Token}");
        using HttpResponseMessage response = await Api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
        await using Stream content = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[1 << 20];
        long length = 0;
        for (int read; (read = await content.ReadAsync(buffer)) > 0; length += read)
        {
            Assert.Equal((byte)'x', buffer[read - 1]);
        }

        return length;
    }

    internal static long PeakKiB(CofferProcess server) => long.Parse(
        File.ReadLines($"/proc/{server.ServerPid}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>So many letters.</summary>
    private sealed class Letters(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            int count = (int)Math.Min(buffer.Length, _left);
            buffer[..count].Fill((byte)'x');
            _left -= count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
