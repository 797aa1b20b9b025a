using Coffer.Server.Configuration;

namespace Coffer.UnitTests.Configuration;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("65536", 65536)]
    [InlineData("64KiB", 65536)]
    [InlineData("64 kib", 65536)]
    [InlineData("1KB", 1000)]
    [InlineData("1GB", 1_000_000_000)]
    [InlineData("1.5GiB", 1_610_612_736)]
    [InlineData("2TiB", 2_199_023_255_552)]
    [InlineData("7B", 7)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Sizes_are_plain_bytes_or_carry_a_unit(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out long parsed));
        Assert.Equal(bytes, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("-1")]
    [InlineData("64K")]
    [InlineData("64XB")]
    [InlineData("1,5GB")]
    [InlineData("1.5")]
    [InlineData("0x10")]
    [InlineData("9223372036854775808")]
    [InlineData("9999999999999999999TiB")]
    [InlineData("99999999999999999999999999999999999999999999")]
    public void Anything_else_is_no_size(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
