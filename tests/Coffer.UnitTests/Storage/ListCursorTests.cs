using Coffer.Catalog;
using Coffer.Dialects.Storage;

namespace Coffer.UnitTests.Storage;

public sealed class ListCursorTests
{
    [Theory]
    [InlineData(KeySort.Name, false, "a/b.txt", null)]
    [InlineData(KeySort.Name, true, "dir/", null)]
    [InlineData(KeySort.CreatedAt, true, "smile-😀", 1_700_000_000_123L)]
    [InlineData(KeySort.UpdatedAt, false, "a", 0L)]
    public void What_is_printed_is_read_back(KeySort sort, bool descending, string name, long? timeMs)
    {
        var cursor = new ListCursor(sort, descending, new KeyCursor(name, timeMs));

        Assert.Equal(cursor, ListCursor.Parse(cursor.ToString()));
    }

    [Theory]
    [InlineData("made up")]
    [InlineData("")]
    [InlineData("TmFtZQ")] // "Name" alone
    [InlineData("TmFtZQphc2MKMQph")] // a time under an order of names
    [InlineData("Q3JlYXRlZEF0CmFzYwoKYQ")] // no time under an order of times
    [InlineData("_____w")] // no UTF-8
    public void Anything_else_is_refused(string text) =>
        Assert.Equal("InvalidParameter", Assert.Throws<StorageRefusal>(() => ListCursor.Parse(text)).Error.Code);
}
