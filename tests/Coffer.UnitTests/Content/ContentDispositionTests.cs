using Coffer.Http.Content;

namespace Coffer.UnitTests.Content;

public sealed class ContentDispositionTests
{
    [Theory]
    [InlineData("report.csv", "attachment; filename=\"report.csv\"")]
    [InlineData("a \"b\".txt", "attachment; filename=\"a _b_.txt\"; filename*=UTF-8''a%20%22b%22.txt")]
    [InlineData("schön.txt", "attachment; filename=\"sch_n.txt\"; filename*=UTF-8''sch%C3%B6n.txt")]
    [InlineData("../etc", "attachment; filename=\".._etc\"; filename*=UTF-8''..%2Fetc")]
    [InlineData("100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt")]
    public void A_name_arrives_whole_and_harmless(string name, string expected) =>
        Assert.Equal(expected, ContentDisposition.Attachment(name));
}
