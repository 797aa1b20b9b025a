using Coffer.Objects;

namespace Coffer.UnitTests.Objects;

public sealed class ObjectIdTests
{
    [Fact]
    public void The_text_form_reads_back_and_sorts_like_the_number()
    {
        var random = new Random(7);
        ObjectId[] ids = [.. Enumerable.Range(0, 1000).Select(_ => ObjectId.Make(random.NextInt64(UnixTime.LastMs)))];

        foreach (ObjectId id in ids)
        {
            Assert.True(ObjectId.TryParse(id.ToString(), out ObjectId again));
            Assert.Equal(id, again);
        }

        Assert.Equal(ids.Order().Select(id => id.ToString()), ids.Select(id => id.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_id_knows_when_it_was_made() => Assert.Equal(1_800_000_000_123, ObjectId.Make(1_800_000_000_123).CreatedAtMs);

    [Theory]
    [InlineData(-220_898_664_000, 0)] // 1963
    [InlineData(long.MinValue, 0)]
    [InlineData(284_964_000_000_000, 253_402_300_799_999)] // about the year 11000
    public void Of_an_absurd_clock_it_keeps_the_nearest_date(long clock, long kept) => Assert.Equal(kept, ObjectId.Make(clock).CreatedAtMs);

    [Fact]
    public void Upper_case_digits_read_like_lower_case_ones()
    {
        var id = ObjectId.Make(1_800_000_000_000);

        Assert.True(ObjectId.TryParse("obj_" + id.ToString()[4..].ToUpperInvariant(), out ObjectId again));
        Assert.Equal(id, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("obj_")]
    [InlineData("public")]
    [InlineData("obj_0123456789abcdefghjkmnpqr")]
    [InlineData("obj_0123456789abcdefghjkmnpqrst")]
    [InlineData("dbx_0123456789abcdefghjkmnpqrs")]
    [InlineData("obj_0123456789abcdefghjkmnpqru")] // u is no digit
    [InlineData("obj_8zzzzzzzzzzzzzzzzzzzzzzzzz")] // 131 bits
    [InlineData("obj_é123456789abcdefghjkmnpqrs")]
    public void What_cannot_be_an_id_does_not_read(string text) => Assert.False(ObjectId.TryParse(text, out _));
}
