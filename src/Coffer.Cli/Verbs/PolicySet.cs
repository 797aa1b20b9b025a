using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer policy set FILE</c>, or with <c>--preset NAME --bucket B</c>: adds policies, or replaces them.</summary>
internal static class PolicySet
{
    public const string Name = "set";

    public static Command Command()
    {
        var file = new Argument<string?>("file")
        {
            Description = "A JSON file of policies, or - for what is piped in.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var preset = new Option<string?>("--preset")
        {
            Description = "Instead of a file: public-read, authenticated-upload, own-folder, owner-only, or open.",
            HelpName = "name",
        };
        var bucket = new Option<string?>("--bucket") { Description = "The bucket that the preset is for.", HelpName = "name" };
        var replace = new Option<bool>("--replace") { Description = "Remove all other policies of the account." };
        Option<string?> account = Policy.AccountOption();
        var verb = new Verb(
            Name,
            "Add policies; one that has the name of another takes its place.",
            "coffer policy set policies.json",
            "coffer policy explain dec_… --json | jq .suggested | coffer policy set -",
            "coffer policy set --preset own-folder --bucket avatars")
        {
            file, preset, bucket, replace, account,
        };
        return verb.Runs(async session =>
        {
            IReadOnlyList<JsonElement> policies = (session.Value(file), session.Value(preset), session.Value(bucket)) switch
            {
                ({ } path, null, null) => await PolicyFile.ReadAsync(path, session.Cancelled),
                (null, { } name, { } ofBucket) => [PresetOf(name, ofBucket)],
                (null, { }, null) => throw new UsageException("--preset needs --bucket; '*' stands for every bucket"),
                (null, null, _) => throw new UsageException("say which policies: a file, or --preset with --bucket"),
                _ => throw new UsageException("a file and a preset do not go together; put the preset into the file"),
            };
            string? ofAccount = session.Value(account);
            PolicyChangeView change = await (ofAccount is null ? session.Client : session.OperatorClient).Admin.PutPoliciesAsync(
                policies, session.Value(replace), ofAccount, cancellationToken: session.Cancelled);
            using ResultList<JsonElement> list = session.Out.List(Shapes.Policies);
            foreach (JsonElement policy in change.Policies)
            {
                list.Add(policy);
            }

            list.Complete();
            foreach (string unknown in change.UnknownBuckets)
            {
                session.Warn(
                    $"there is no bucket '{Text.Printable(unknown)}' yet, which the policies name; `coffer bucket list` shows what there is",
                    "unknown_bucket");
            }
        });
    }

    private static JsonElement PresetOf(string name, string bucket) =>
        JsonElement.Parse(new JsonObject { ["preset"] = name, ["bucket"] = bucket }.ToJsonString());
}
