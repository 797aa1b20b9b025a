using Coffer.LocalFiles;

namespace Coffer.Devboxes;

/// <summary>What the system refuses inside a devbox, as refusals of the store.</summary>
internal static class DevboxFileErrors
{
    private const int NoSpace = 28, QuotaReached = 122;

    public static bool IsFull(IOException refused) =>
        refused is RootedPathException { Reason: RootedPathReason.NoSpace } || (refused.HResult & 0xFFFF) is NoSpace or QuotaReached;

    /// <summary>The answer to a call that names a file: nothing is there, or what is there is not for this.</summary>
    public static StoreException Of(RootedPathException refused) => new(
        refused.Reason switch
        {
            RootedPathReason.Missing => StoreErrorCode.FileNotFound,
            RootedPathReason.NoSpace => StoreErrorCode.OutOfSpace,
            _ => StoreErrorCode.InvalidArgument,
        },
        refused.Message,
        refused);
}
