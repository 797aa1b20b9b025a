using Coffer.Dialects.Storage;

namespace Coffer.UnitTests.Storage;

public sealed class StorageErrorsTests
{
    public static TheoryData<StoreErrorCode> Codes => [.. Enum.GetValues<StoreErrorCode>()];

    [Theory, MemberData(nameof(Codes))]
    public void Every_refusal_of_the_core_has_words_and_a_status(StoreErrorCode code)
    {
        StorageError error = StorageErrors.For(code);

        Assert.NotEmpty(error.Code);
        Assert.NotEmpty(error.Label);
        Assert.InRange(error.Status, 400, 599);
        Assert.Equal(error.IsPinned ? error.Status : 400, error.HttpStatus);
        Assert.Equal(code is StoreErrorCode.Corrupt, error.Status == 500); // all others are somebody else's doing
    }
}
