using Coffer.Http;

namespace Coffer.UnitTests.Http;

public sealed class PercentEncodingTests
{
    [Theory]
    [InlineData("a/b+c", "a/b+c")]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("%F0%9F%98%80%c3%a4", "😀ä")]
    [InlineData("", "")]
    public void It_is_taken_away_once(string text, string decoded) => Assert.Equal(decoded, PercentEncoding.Decode(text));

    [Theory]
    [InlineData("%")]
    [InlineData("a%2")]
    [InlineData("%zz")]
    [InlineData("%ff")]
    [InlineData("%c0%af")] // a slash in too many bytes
    [InlineData("%ed%a0%80")] // half a character
    [InlineData("ä")] // not encoded
    public void What_is_not_well_formed_is_nothing(string text) => Assert.Null(PercentEncoding.Decode(text));
}
