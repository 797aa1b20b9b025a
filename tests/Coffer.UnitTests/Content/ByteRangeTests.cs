using Coffer.Http.Content;

namespace Coffer.UnitTests.Content;

public sealed class ByteRangeTests
{
    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("BYTES=2-3", 2, 2)]
    [InlineData("bytes=5-", 5, 5)]
    [InlineData("bytes=5-99", 5, 5)]
    [InlineData("bytes=5-99999999999999999999999", 5, 5)]
    [InlineData("bytes=-3", 7, 3)]
    [InlineData("bytes=-99", 0, 10)]
    public void A_single_range_is_cut_to_the_content(string header, long offset, long count) =>
        Assert.Equal(new ByteRange(RangeKind.Part, offset, count), ByteRange.Parse(header, 10));

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=10-20")]
    [InlineData("bytes=99999999999999999999999-")]
    [InlineData("bytes=-0")]
    public void A_range_outside_the_content_cannot_be_satisfied(string header) =>
        Assert.Equal(RangeKind.Unsatisfiable, ByteRange.Parse(header, 10).Kind);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=3-2")]
    [InlineData("bytes=+1-2")]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("lines=0-1")]
    public void Other_headers_are_ignored(string? header) => Assert.Equal(ByteRange.Whole(10), ByteRange.Parse(header, 10));

    [Fact]
    public void Empty_content_has_no_part() => Assert.Equal(RangeKind.Unsatisfiable, ByteRange.Parse("bytes=0-", 0).Kind);
}
