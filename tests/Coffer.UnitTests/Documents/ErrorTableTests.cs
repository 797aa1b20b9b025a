using Coffer.Http;

namespace Coffer.UnitTests.Documents;

public sealed class ErrorTableTests
{
    /// <summary>What only other routes answer.</summary>
    private static readonly StoreErrorCode[] Elsewhere =
    [
        StoreErrorCode.BucketNotFound, StoreErrorCode.BucketExists, StoreErrorCode.ObjectExists,
        StoreErrorCode.AccountNotFound, StoreErrorCode.AccountExists, StoreErrorCode.KeyNotFound, StoreErrorCode.DecisionNotFound,
    ];

    [Fact]
    public void The_page_of_the_HTTP_API_has_every_error_and_what_it_says_of_repeating()
    {
        string[] rows = [.. File.ReadAllLines(Path.Combine(Repository(), "docs", "objects-http.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal))];
        foreach (StoreErrorCode code in Enum.GetValues<StoreErrorCode>().Except(Elsewhere))
        {
            Refusals.Answer answer = Refusals.For(code);

            string row = Assert.Single(rows, row => row.Contains($"`{answer.Code}`", StringComparison.Ordinal));
            Assert.Contains($"{answer.Status}", row.Split('|')[1], StringComparison.Ordinal);
            Assert.Equal(answer.Retry is true, row.Contains("Retry-After", StringComparison.Ordinal));
            if (answer.Retry is { } retry)
            {
                Assert.Contains($"`x-should-retry: {(retry ? "true" : "false")}`", row, StringComparison.Ordinal);
            }
        }
    }

    private static string Repository()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Coffer.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
