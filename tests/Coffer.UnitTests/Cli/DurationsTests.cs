using Coffer.Cli.Input;

namespace Coffer.UnitTests.Cli;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("15m", 15 * 60)]
    [InlineData("12h", 12 * 3600)]
    [InlineData("30d", 30 * 86400)]
    [InlineData("1.5h", 5400)]
    [InlineData("0s", 0)]
    [InlineData(" 2D ", 2 * 86400)]
    public void A_number_with_a_unit_is_a_duration(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out TimeSpan duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("30")]
    [InlineData("-1h")]
    [InlineData("+1h")]
    [InlineData("1w")]
    [InlineData("1h30m")]
    [InlineData("1e3s")]
    [InlineData("1,5h")]
    [InlineData("99999999999d")]
    public void Anything_else_is_none(string text) => Assert.False(Durations.TryParse(text, out _));
}
