using System.Text;
using System.Text.Json;
using Coffer.Http;

namespace Coffer.UnitTests.Http;

public sealed class JsonTimeTests
{
    [Theory]
    [InlineData(1795168812123, "2026-11-20T10:00:12.123Z")]
    [InlineData(1795168812120, "2026-11-20T10:00:12.120Z")]
    [InlineData(1795168812000, "2026-11-20T10:00:12.000Z")]
    [InlineData(281474976710655, "9999-12-31T23:59:59.999Z")] // the last that an id holds
    [InlineData(long.MaxValue, "9999-12-31T23:59:59.999Z")]
    [InlineData(long.MinValue, "0001-01-01T00:00:00.000Z")]
    [InlineData(0, "1970-01-01T00:00:00.000Z")]
    public void A_moment_always_has_three_digits_behind_its_seconds(long unixMs, string text)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteTime("at"u8, unixMs);
            json.WriteEndObject();
        }

        Assert.Equal($$"""{"at":"{{text}}"}""", Encoding.UTF8.GetString(bytes.ToArray()));
    }
}
