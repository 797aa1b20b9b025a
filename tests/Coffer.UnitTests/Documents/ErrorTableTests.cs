using Coffer.Http;

namespace Coffer.UnitTests.Documents;

public sealed class ErrorTableTests
{
    /// <summary>What only other routes answer: those for accounts and keys, and the Storage API.</summary>
    private static readonly StoreErrorCode[] Elsewhere =
    [
        StoreErrorCode.AccountNotFound, StoreErrorCode.AccountExists, StoreErrorCode.KeyNotFound, StoreErrorCode.ObjectExists,
        StoreErrorCode.DecisionNotFound, StoreErrorCode.ExecutionNotFound, StoreErrorCode.ExecutionDisabled,
        StoreErrorCode.BucketNotFound, StoreErrorCode.BucketExists, StoreErrorCode.BucketNotEmpty, StoreErrorCode.BucketTooFull,
        StoreErrorCode.DestinationBucketNotFound, StoreErrorCode.InvalidBucketName, StoreErrorCode.InvalidKey, StoreErrorCode.InvalidMediaType,
        StoreErrorCode.UploadNotFound, StoreErrorCode.UploadGone, StoreErrorCode.WrongOffset,
    ];

    [Theory]
    [InlineData(400, "bad_request")]
    [InlineData(404, "not_found")]
    [InlineData(405, "method_not_allowed")]
    [InlineData(408, "bad_request")]
    [InlineData(500, "internal_error")]
    [InlineData(501, "not_implemented")]
    public void The_page_has_what_is_refused_before_a_route_is_reached(int status, string code) =>
        Assert.Contains(Rows(), row => row.StartsWith($"| {status}", StringComparison.Ordinal) && row.Contains($"`{code}`", StringComparison.Ordinal));

    [Fact]
    public void The_page_of_the_HTTP_API_has_every_error_and_what_it_says_of_repeating()
    {
        string[] rows = Rows();
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

    private static string[] Rows() =>
        [.. File.ReadAllLines(Path.Combine(Repository(), "docs", "objects-http.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal))];

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
