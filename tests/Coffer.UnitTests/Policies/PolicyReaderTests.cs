using Coffer.Access;
using System.Text.Json;
using Coffer.Policies;

namespace Coffer.UnitTests.Policies;

public sealed class PolicyReaderTests
{
    [Theory]
    [InlineData("""{"name":"a","operations":["select"]}""", "the policy.bucket is missing")]
    [InlineData("""{"operations":["select"],"bucket":"*"}""", "the policy.name is missing")]
    [InlineData("""{"name":"a","operations":["read"],"bucket":"*"}""", "the policy.operations holds 'read'; operations are select, insert, update and delete")]
    [InlineData("""{"name":"a","operations":[],"bucket":"*"}""", "the policy.operations holds nothing")]
    [InlineData("""{"name":"a","operations":["select"],"bucket":"*","effect":"deny"}""", "the policy.effect is 'deny'; it is allow or restrict")]
    [InlineData("""{"name":"a","operations":["select"],"bucket":"*","using":{}}""", "the policy.using is unknown")]
    [InlineData("""{"name":"a","name":"b","operations":["select"],"bucket":"*"}""", "the policy.name is there twice")]
    [InlineData("""{"name":"a","operations":["select"],"bucket":5}""", "the policy.bucket is not a text")]
    [InlineData("""{"name":"\ud800","operations":["select"],"bucket":"*"}""", "the policy.name is not well-formed Unicode")]
    [InlineData("""{"\ud800":"a"}""", "a member's name is not well-formed Unicode")]
    [InlineData("""[{"name":"a","operations":["select"],"bucket":"*"},{"name":"a","operations":["select"],"bucket":"*"}]""", "two policies have the name 'a'")]
    [InlineData("""[{"name":"a","operations":["select"],"bucket":"*"},5]""", "policies[1] is not an object")]
    [InlineData("""[{"preset":"all","bucket":"a"}]""", "policies[0].preset is 'all'; presets are public-read")]
    [InlineData("""[{"preset":"open"}]""", "policies[0].bucket is missing")]
    [InlineData("5", "policies is neither an array nor a policy")]
    public void A_refusal_names_the_member_that_is_wrong(string json, string message) => Expect(json, message);

    [Theory]
    [InlineData("{}", "the policy.when is empty")]
    [InlineData("""{"all":[]}""", "the policy.when.all is empty")]
    [InlineData("""{"all":[{"any":[{"nmae":"x"}]}]}""", "the policy.when.all[0].any[0] names 'nmae'")]
    [InlineData("""{"name":{"like":"x"}}""", "the policy.when.name.like is no operator")]
    [InlineData("""{"name":{}}""", "the policy.when.name compares nothing")]
    [InlineData("""{"name":"x","extension":"y"}""", "the policy.when holds 'name' and 'extension'")]
    [InlineData("""{"folder":0,"eq":"x"}""", "the policy.when.folder is not the number of a folder")]
    [InlineData("""{"folder":1}""", "the policy.when compares nothing")]
    [InlineData("""{"name":{"eq":"$user"}}""", "the policy.when.name.eq is '$user', and the variables are")]
    [InlineData("""{"name":{"in":[]}}""", "the policy.when.name.in has 0 values")]
    [InlineData("""{"name":{"in":"x"}}""", "the policy.when.name.in is neither an array nor a variable")]
    [InlineData("""{"name":{"exists":"yes"}}""", "the policy.when.name.exists is neither true nor false")]
    [InlineData("""{"name":{"eq":["x"]}}""", "the policy.when.name.eq is neither a text, a number, true nor false")]
    [InlineData("""{"header.Authorization":{"exists":true}}""", "the policy.when the header Authorization carries secrets")]
    [InlineData("""{"header.apikey":"x"}""", "the policy.when the header apikey carries secrets")]
    public void A_refusal_names_the_place_in_a_condition(string when, string message) =>
        Expect($$"""{"name":"a","operations":["select"],"bucket":"*","when":{{when}}}""", message);

    [Fact]
    public void Conditions_have_limits()
    {
        string deep = string.Concat(Enumerable.Repeat("""{"not":""", 20)) + """{"name":"x"}""" + new string('}', 20);
        Expect($$"""{"name":"a","operations":["select"],"bucket":"*","when":{{deep}}}""", "is nested deeper than 16 conditions");
        string wide = string.Join(",", Enumerable.Repeat("""{"name":"x"}""", 101));
        Expect($$$"""{"name":"a","operations":["select"],"bucket":"*","when":{"any":[{{{wide}}}]}}""", "has more than 100 terms");
    }

    [Fact]
    public void Buckets_have_no_keys() => Expect(
        """{"table":"buckets","name":"a","operations":["select"],"bucket":"*","when":{"extension":"png"}}""",
        "the policy.when looks at extension, which buckets do not have");

    [Theory]
    [InlineData("""{"folder[2]":{"eq":"$uid"}}""", """{"folder":2,"eq":"$uid"}""")]
    [InlineData("""{"extension":"png"}""", """{"extension":{"eq":"png"}}""")]
    [InlineData("""{"metadata.size":{"gt":1,"le":2.50}}""", """{"all":[{"metadata.contentLength":{"gt":1}},{"metadata.contentLength":{"le":2.50}}]}""")]
    [InlineData("""{"not":{"any":[{"jwt.a.b":true},{"header.X-Team":{"exists":false}}]}}""", """{"not":{"any":[{"jwt.a.b":{"eq":true}},{"header.x-team":{"exists":false}}]}}""")]
    [InlineData("""{"name":{"in":["$$5","$role",7]}}""", """{"name":{"in":["$$5","$role",7]}}""")]
    [InlineData("""{"folder":1,"in":"$jwt.groups"}""", """{"folder":1,"in":"$jwt.groups"}""")]
    [InlineData("""{"name":{"glob":"$a\\*"}}""", """{"name":{"glob":"$a\\*"}}""")]
    public void One_rule_is_written_in_one_form(string when, string canonical)
    {
        Policy policy = Assert.Single(Read(
            $$"""{"bucket":["a"],"roles":"authenticated","operations":["delete","select"],"when":{{when}},"check":{{when}},"name":"n"}"""));
        string written = policy.ToJson();

        Assert.Equal(
            $$"""{"table":"objects","name":"n","effect":"allow","operations":["select","delete"],"roles":["authenticated"],"bucket":"a","when":{{canonical}},"check":{{canonical}}}""",
            written);
        Assert.Equal(written, PolicyReader.Read(written).ToJson());
    }

    [Fact]
    public void Presets_become_rules()
    {
        foreach (string preset in (string[])["public-read", "authenticated-upload", "own-folder", "owner-only", "open"])
        {
            IReadOnlyList<Policy> policies = Read($$"""{"policies":[{"preset":"{{preset}}","bucket":"b"}]}""");
            Assert.All(policies, policy => Assert.Equal(["b"], policy.Buckets));
            Assert.All(policies, policy => Assert.Equal(policy.ToJson(), PolicyReader.Read(policy.ToJson()).ToJson()));
        }
    }

    [Theory]
    [InlineData("a*c", "abc", true)]
    [InlineData("a*c", "ab/c", false)]
    [InlineData("a**c", "ab/c", true)]
    [InlineData("**/c", "a/b/c", true)]
    [InlineData("a?c", "a\ud83d\ude00c", true)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("a\\*c", "abc", false)]
    [InlineData("a\\*c", "a*c", true)]
    [InlineData("*", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*a*a*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void Patterns_match_names(string pattern, string name, bool matches)
    {
        IReadOnlyList<Policy> policies = Read(
            $$$$"""{"name":"a","operations":["select"],"bucket":"*","when":{"name":{"glob":{{{{JsonSerializer.Serialize(pattern)}}}}}}}""");
        var question = new Question
        {
            Caller = new Caller { Right = Right.Anon },
            Table = PolicyTable.Objects,
            Verbs = PolicyVerbs.Select,
            Row = new PolicyRow { Bucket = "b", Key = name },
        };

        Assert.Equal(matches, Explanation.Of(policies, question).IsAllowed);
    }

    private static IReadOnlyList<Policy> Read(string json) => PolicyReader.ReadList(JsonElement.Parse(json));

    private static void Expect(string json, string message)
    {
        var refused = Assert.Throws<StoreException>(() => Read(json));
        Assert.Equal(StoreErrorCode.InvalidArgument, refused.Code);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }
}
