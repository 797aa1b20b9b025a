using Coffer.Client;

namespace Coffer.ClientTests.Objects;

public sealed class FileEndingTests
{
    [Theory]
    [InlineData("a.tar.gz", "tgz"), InlineData("a.TGZ", "tgz"), InlineData("a.gz", "gzip"), InlineData("a.tar", "tar")]
    [InlineData("a.txt", "text"), InlineData("a.html", "text"), InlineData("a.css", "text"), InlineData("a.js", "text")]
    [InlineData("a.json", "text"), InlineData("a.xml", "text"), InlineData("a.yaml", "text"), InlineData("a.yml", "text")]
    [InlineData("a.md", "text"), InlineData("/b.txt/a.CSV", "text"), InlineData("a.jsonl", "unspecified")]
    [InlineData("a.png", "unspecified"), InlineData("a", "unspecified"), InlineData("a.txt/b", "unspecified"), InlineData("", "unspecified")]
    public void The_ending_of_a_path_says_the_class(string path, string type) =>
        Assert.Equal(type, ObjectContentType.FromPath(path).Value);

    [Theory]
    [InlineData("validation-data.csv", "text/csv"), InlineData("training.jsonl", "application/x-ndjson"), InlineData("a.json", "application/json")]
    [InlineData("logo.PNG", "image/png"), InlineData("d.pdf", "application/pdf"), InlineData("t.html", "text/html")]
    [InlineData("b.sql", "application/sql"), InlineData("s.tar.gz", "application/x-gtar"), InlineData("vars.env", "text/plain")]
    [InlineData("a.unknown", "unspecified")]
    public void The_ending_of_a_path_says_the_MIME_type(string path, string mime) =>
        Assert.Equal(mime, ObjectContentType.MimeFromPath(path).Value);

    [Fact]
    public void Content_types_are_equal_when_their_words_are()
    {
        Assert.Equal(ObjectContentType.Unspecified, default);
        Assert.Equal(ObjectContentType.Text, "text");
        Assert.Equal(default(ObjectContentType).GetHashCode(), ObjectContentType.Unspecified.GetHashCode());
        Assert.Throws<ArgumentException>(() => new ObjectContentType(""));
    }
}
