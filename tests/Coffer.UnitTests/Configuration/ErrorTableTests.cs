using Coffer.Http;

namespace Coffer.UnitTests.Configuration;

public sealed class ErrorTableTests
{
    /// <summary>What an answer of <c>/v1/objects</c> cannot say: accounts, keys and buckets are elsewhere, names are not unique.</summary>
    private static readonly StoreErrorCode[] Elsewhere =
    [
        StoreErrorCode.AccountNotFound, StoreErrorCode.AccountExists, StoreErrorCode.KeyNotFound, StoreErrorCode.DecisionNotFound,
        StoreErrorCode.BucketNotFound, StoreErrorCode.BucketExists, StoreErrorCode.ObjectExists,
    ];

    [Fact]
    public void The_page_of_the_HTTP_API_has_every_status_and_code()
    {
        string[] rows = [.. Page().Where(static line => line.StartsWith("| ", StringComparison.Ordinal))];
        IEnumerable<(int Status, string Code)> answers = Enum.GetValues<StoreErrorCode>()
            .Except(Elsewhere)
            .Select(static code => Refusals.For(code))
            .Select(static answer => (answer.Status, answer.Code))
            .Concat([(400, "bad_request"), (404, "not_found"), (405, "method_not_allowed"), (408, "bad_request"), (500, "internal_error")]);

        Assert.All(answers, answer => Assert.Contains(rows, row =>
            row.Split('|')[1].Contains($"{answer.Status}", StringComparison.Ordinal) && row.Contains($"`{answer.Code}`", StringComparison.Ordinal)));
    }

    private static string[] Page()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Coffer.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return File.ReadAllLines(Path.Combine(folder, "docs", "objects-http.md"));
    }
}
