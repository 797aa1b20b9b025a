using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>Readers and writers for every JSON body, made at build time, so trimming and AOT lose nothing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ObjectView))]
[JsonSerializable(typeof(ObjectPage))]
[JsonSerializable(typeof(ArchiveEntryPage))]
[JsonSerializable(typeof(ObjectDownloadUrl))]
[JsonSerializable(typeof(ObjectCreateRequest))]
[JsonSerializable(typeof(ObjectUpdateRequest))]
[JsonSerializable(typeof(DevboxView))]
[JsonSerializable(typeof(DevboxPage))]
[JsonSerializable(typeof(DevboxCreateRequest))]
[JsonSerializable(typeof(ExecutionView))]
[JsonSerializable(typeof(ExecutionOutput))]
[JsonSerializable(typeof(StreamFailure))]
[JsonSerializable(typeof(WrittenFile))]
[JsonSerializable(typeof(AccountView))]
[JsonSerializable(typeof(AccountList))]
[JsonSerializable(typeof(AccountCreateRequest))]
[JsonSerializable(typeof(KeyView))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(KeyCreateRequest))]
[JsonSerializable(typeof(CreatedKey))]
[JsonSerializable(typeof(ReapView))]
[JsonSerializable(typeof(PolicyList))]
[JsonSerializable(typeof(PolicyChangeView))]
[JsonSerializable(typeof(PolicyQuestion))]
[JsonSerializable(typeof(PolicyExplanation))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(Bucket))]
[JsonSerializable(typeof(List<Bucket>))]
[JsonSerializable(typeof(BucketSettings))]
[JsonSerializable(typeof(BucketAnswer))]
[JsonSerializable(typeof(List<StorageEntry>))]
[JsonSerializable(typeof(StoragePage))]
[JsonSerializable(typeof(StorageFileInfo))]
[JsonSerializable(typeof(WrittenAnswer))]
[JsonSerializable(typeof(SignedAnswer))]
[JsonSerializable(typeof(List<SignedAnswer>))]
[JsonSerializable(typeof(SignedUploadAnswer))]
internal sealed partial class CofferJson : JsonSerializerContext;
