using Coffer.Objects;

namespace Coffer.UnitTests.Objects;

public sealed class MediaTypesTests
{
    [Theory]
    [InlineData("text/csv", ContentClass.Text)]
    [InlineData("TEXT/CSV; charset=utf-8", ContentClass.Text)]
    [InlineData("application/json", ContentClass.Text)]
    [InlineData("application/vnd.api+json", ContentClass.Text)]
    [InlineData("application/xhtml+xml", ContentClass.Text)]
    [InlineData("application/x-ndjson", ContentClass.Text)]
    [InlineData("application/jsonl", ContentClass.Text)]
    [InlineData("application/sql", ContentClass.Text)]
    [InlineData("application/gzip", ContentClass.Gzip)]
    [InlineData("application/x-gzip", ContentClass.Gzip)]
    [InlineData("application/x-tar", ContentClass.Tar)]
    [InlineData("application/x-gtar", ContentClass.Tgz)]
    [InlineData("application/tar+gzip", ContentClass.Tgz)]
    [InlineData("application/pdf", ContentClass.Binary)]
    [InlineData("image/png", ContentClass.Binary)]
    [InlineData("font/woff2", ContentClass.Binary)]
    [InlineData("chemical/x-pdb", ContentClass.Unspecified)]
    public void A_media_type_decides_the_class(string mediaType, ContentClass expected) =>
        Assert.Equal(expected, MediaTypes.ClassOf(mediaType));

    [Theory]
    [InlineData("text/plain", true)]
    [InlineData("text/plain; charset=utf-8", true)]
    [InlineData("text", false)]
    [InlineData("/plain", false)]
    [InlineData("text/", false)]
    [InlineData("te xt/plain", false)]
    [InlineData("text/plain\r\nx: y", false)]
    [InlineData("text/pläin", false)]
    [InlineData("text/plain; x=\u00e9", false)]
    public void Only_type_slash_subtype_is_well_formed(string mediaType, bool expected) =>
        Assert.Equal(expected, MediaTypes.IsWellFormed(mediaType));

    [Theory]
    [InlineData("text/html", true)]
    [InlineData("Text/HTML; charset=utf-8", true)]
    [InlineData("image/svg+xml", true)]
    [InlineData("IMAGE/SVG+XML", true)]
    [InlineData("application/xhtml+xml", true)]
    [InlineData("text/xml", true)]
    [InlineData("multipart/x-mixed-replace; boundary=a", true)]
    [InlineData(null, true)]
    [InlineData("text/plain", false)]
    [InlineData("image/png", false)]
    public void What_a_browser_might_run_is_active(string? mediaType, bool expected) => Assert.Equal(expected, MediaTypes.IsActive(mediaType));
}
