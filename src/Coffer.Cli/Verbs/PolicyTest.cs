using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer policy test BUCKET [KEY]</c>: what policies say to a call that is only described.</summary>
internal static class PolicyTest
{
    public static Command Command()
    {
        var bucket = new Argument<string>("bucket") { Description = "The bucket's name." };
        var key = new Argument<string?>("key") { Description = "The object's key; without one it is about the bucket.", Arity = ArgumentArity.ZeroOrOne };
        var verbs = new Option<string[]>("--verb")
        {
            Description = "select, insert, update or delete; more than one by repeating it. select when nothing is said.",
            HelpName = "verb",
        };
        var role = new Option<string?>("--role") { Description = "The caller's role: anon (the default), authenticated, or one of your own.", HelpName = "role" };
        var subject = new Option<string?>("--subject") { Description = "The caller's user id.", HelpName = "id" };
        var claims = new Option<string?>("--claims") { Description = "Members of the caller's token, a JSON object.", HelpName = "json" };
        var operation = new Option<string?>("--operation") { Description = "The operation, such as object.upload.", HelpName = "name" };
        var owner = new Option<string?>("--owner") { Description = "The user id of who made the object.", HelpName = "id" };
        var type = new Option<string?>("--type") { Description = "The object's media type.", HelpName = "type" };
        Option<long?> size = Sizes.Option("--size", "The object's size, such as 10MiB.");
        var metadata = new Option<string?>("--metadata") { Description = "The object's user metadata, a JSON object.", HelpName = "json" };
        var file = new Option<string?>("--file") { Description = "Ask the policies of a file, - for what is piped in, instead of those in force.", HelpName = "file" };
        Option<string?> account = Policy.AccountOption();
        var verb = new Verb(
            "test",
            "Ask what policies say to a call, without making it; ends with 1 when they refuse.",
            "coffer policy test avatars u1/a.png --verb insert --role authenticated --subject u1",
            "coffer policy test avatars a.png --file policies.json")
        {
            bucket, key, verbs, role, subject, claims, operation, owner, type, size, metadata, file, account,
        };
        return verb.Runs(async session =>
        {
            string? ofAccount = session.Value(account);
            var question = new PolicyQuestion
            {
                Table = session.Value(key) is null ? "buckets" : "objects",
                Bucket = session.Value(bucket),
                Key = session.Value(key),
                Verbs = session.Value(verbs) is { Length: > 0 } wanted ? wanted : ["select"],
                Role = session.Value(role),
                Subject = session.Value(subject),
                Claims = PolicyFile.Object(session.Value(claims), "--claims"),
                Operation = session.Value(operation),
                Owner = session.Value(owner),
                MimeType = session.Value(type),
                Size = session.Value(size),
                UserMetadata = PolicyFile.Object(session.Value(metadata), "--metadata"),
                Policies = session.Value(file) is { } path ? await PolicyFile.ReadAsync(path, session.Cancelled) : null,
            };
            PolicyExplanation told = await (ofAccount is null ? session.Client : session.OperatorClient).Admin.TestPoliciesAsync(
                question, ofAccount, cancellationToken: session.Cancelled);
            session.Out.One(bare: told.Allowed ? "allowed" : "refused", ExplanationLines.Of(told), json => JsonShapes.Write(json, told));
            if (!told.Allowed)
            {
                session.Out.Flush();
                session.Refuse();
            }
        });
    }
}
