using Coffer.Objects;

namespace Coffer.UnitTests.Objects;

public sealed class ObjectRulesTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("a\u0000b")]
    [InlineData("a\u007fb")]
    public void A_name_that_no_one_can_print_is_refused(string name) => Assert.Throws<StoreException>(() => ObjectRules.CheckName(name));

    [Fact] // attributes cannot hold halves of characters
    public void A_name_of_half_characters_is_refused()
    {
        Assert.Throws<StoreException>(() => ObjectRules.CheckName("\ud83d"));
        Assert.Throws<StoreException>(() => ObjectRules.CheckName("\ude00\ud83d"));
    }

    [Fact]
    public void A_name_has_at_most_1024_characters()
    {
        ObjectRules.CheckName(new string('a', 1024));
        ObjectRules.CheckName("snow ☃ and 😀.txt");
        Assert.Throws<StoreException>(() => ObjectRules.CheckName(new string('a', 1025)));
    }

    [Fact]
    public void A_key_is_measured_in_bytes()
    {
        var anyText = new StoreLimits { AllowUnicodeKeys = true };
        ObjectRules.CheckKey(new string('é', 512), anyText);
        Assert.Throws<StoreException>(() => ObjectRules.CheckKey(new string('é', 513), anyText));
        ObjectRules.CheckKey(new string('e', 1024), new StoreLimits());
        Assert.Throws<StoreException>(() => ObjectRules.CheckKey(new string('e', 1025), new StoreLimits()));
    }

    [Fact]
    public void A_key_holds_the_characters_of_the_Storage_API()
    {
        var limits = new StoreLimits();
        const string Others = "_/!.*'() &$=@;:+,?-";
        for (int character = 0; character < 0x250; character++)
        {
            bool isAllowed = char.IsAsciiLetterOrDigit((char)character) || Others.Contains((char)character, StringComparison.Ordinal);
            string key = $"a{(char)character}a";
            if (isAllowed)
            {
                ObjectRules.CheckKey(key, limits);
            }
            else
            {
                Assert.Equal($"Invalid key: {key}", Assert.Throws<StoreException>(() => ObjectRules.CheckKey(key, limits)).Message);
            }
        }
    }

    [Fact]
    public void No_lifetime_and_zero_mean_for_ever()
    {
        Assert.Null(ObjectRules.ExpiryOf(null, 5));
        Assert.Null(ObjectRules.ExpiryOf(0, 5));
        Assert.Equal(6, ObjectRules.ExpiryOf(1, 5));
        Assert.Throws<StoreException>(() => ObjectRules.ExpiryOf(-1, 5));
        Assert.Throws<StoreException>(() => ObjectRules.ExpiryOf(ObjectRules.MaxLifetimeMs + 1, 5));
    }

    [Fact]
    public void Metadata_has_limits_that_name_what_breaks_them()
    {
        Assert.Equal("{\"a\":\"b\"}", ObjectMetadata.From([new("a", "b")]).Json);
        Assert.Contains("64", Refusal(Enumerable.Range(0, 65).Select(i => KeyValuePair.Create($"k{i}", ""))), StringComparison.Ordinal);
        Assert.Contains("'big'", Refusal([new("big", new string('x', 2049))]), StringComparison.Ordinal);
        Assert.Contains("129", Refusal([new(new string('k', 129), "")]), StringComparison.Ordinal);
        Assert.Contains("0", Refusal([new("", "")]), StringComparison.Ordinal);

        static string Refusal(IEnumerable<KeyValuePair<string, string>> pairs) =>
            Assert.Throws<StoreException>(() => ObjectMetadata.From(pairs)).Message;
    }

    [Fact]
    public void Of_a_metadata_name_that_comes_twice_the_last_value_counts()
    {
        Assert.Equal("{\"a\":\"3\",\"b\":\"2\"}", ObjectMetadata.From([new("a", "1"), new("b", "2"), new("a", "3")]).Json);
        Assert.Equal("{\"a\":\"\"}", ObjectMetadata.From(Enumerable.Repeat(KeyValuePair.Create("a", ""), 65)).Json);
    }
}
