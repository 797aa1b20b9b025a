using System.Text;
using Coffer.Catalog.Sqlite.Readers;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>What is found in names by their bytes is what is found in them as text.</summary>
public sealed class NamePartTests
{
    private static readonly string[] Parts = ["a", "A", "b", "B", "ab", "z", "Z", "@", "[", "`", "{", "0", ".", "ä", "Ä", "\u212A", "k", "ſ", "s", "\U0001F600", "İ", "i"];

    [Fact]
    public void Bytes_are_compared_as_their_text_would_be()
    {
        var random = new Random(1971);
        int found = 0;
        for (int round = 0; round < 100_000; round++)
        {
            string name = Text(random, 0, 8), part = Text(random, 0, 3);
            bool expected = name.Contains(part, StringComparison.OrdinalIgnoreCase);
            Assert.True(expected == new NamePart(part).IsIn(Encoding.UTF8.GetBytes(name)), $"'{part}' in '{name}' is {expected}");
            found += expected ? 1 : 0;
        }

        Assert.InRange(found, 10_000, 90_000);
    }

    [Fact]
    public void A_long_name_is_looked_through_to_its_end()
    {
        string name = new string('ä', 5000) + "Report";
        Assert.True(new NamePart("rePORT").IsIn(Encoding.UTF8.GetBytes(name)));
        Assert.True(new NamePart("rePORT").IsIn(Encoding.UTF8.GetBytes(new string('r', 5000) + "Report")));
        Assert.False(new NamePart("reports").IsIn(Encoding.UTF8.GetBytes(name)));
    }

    private static string Text(Random random, int least, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => Parts[random.Next(Parts.Length)]));
}
