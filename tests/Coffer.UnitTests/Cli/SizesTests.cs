using Coffer.Cli.Input;

namespace Coffer.UnitTests.Cli;

public sealed class SizesTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.00 KiB")]
    [InlineData(10_235, "10.0 KiB")]
    [InlineData(1_023_487, "999 KiB")]
    [InlineData(1_048_575, "1.00 MiB")]
    [InlineData(1_500_000_000, "1.40 GiB")]
    [InlineData(long.MaxValue, "8192 PiB")]
    public void A_size_is_shown_with_three_digits(long bytes, string shown) => Assert.Equal(shown, Sizes.Show(bytes));
}
