using Coffer.Dialects.Storage;

namespace Coffer.UnitTests.Storage;

public sealed class RobotsTagTests
{
    [Theory]
    [InlineData("noindex")]
    [InlineData("NoIndex, nofollow")]
    [InlineData("max-snippet:-1, max-image-preview:large, max-video-preview: 3")]
    [InlineData("googlebot: noindex, otherbot: none")]
    [InlineData("unavailable_after: Friday, 25 Jun 2031 15:00:00 PST")]
    public void Known_directives_are_kept_as_they_are(string value) => Assert.Equal(value, RobotsTag.Parse(value));

    [Theory]
    [InlineData("obey")]
    [InlineData("noindex, googlebot: obey")]
    [InlineData("max-snippet:many")]
    [InlineData("max-snippet:-2")]
    [InlineData("noindex,")]
    [InlineData("noindex\r\nSet-Cookie: a=b")]
    public void Others_are_refused(string value) => Assert.Throws<StorageRefusal>(() => RobotsTag.Parse(value));

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void None_is_none(string? value) => Assert.Null(RobotsTag.Parse(value));
}
