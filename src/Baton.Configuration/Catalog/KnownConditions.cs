// Lines that begin with a dot, and the predicates of their conditions (manual of 3.4, chapter 2.4).
namespace Baton.Configuration.Catalog;

internal static class KnownConditions
{
    private static KnownKeyword Row(KeywordFamily family, string name, string arguments, string summary) =>
        new(family, name, arguments, SectionKinds.None, KeywordStatus.Refused, summary);

    internal static readonly KnownKeyword[] Rows =
    [
        Row(KeywordFamily.Preprocessor, ".if", "condition", "keeps the following lines when the condition holds"),
        Row(KeywordFamily.Preprocessor, ".elif", "condition", "keeps the following lines when no condition before held and this one does"),
        Row(KeywordFamily.Preprocessor, ".else", "", "keeps the following lines when no condition before held"),
        Row(KeywordFamily.Preprocessor, ".endif", "", "ends a conditional block"),
        Row(KeywordFamily.Preprocessor, ".alert", "text", "stops with an error"),
        Row(KeywordFamily.Preprocessor, ".diag", "text", "prints a diagnostic when diagnostics are on"),
        Row(KeywordFamily.Preprocessor, ".notice", "text", "prints a notice"),
        Row(KeywordFamily.Preprocessor, ".warning", "text", "prints a warning"),
        Row(KeywordFamily.Predicate, "awslc_api_atleast", "(version)", "whether the AWS-LC interface is at least of this version"),
        Row(KeywordFamily.Predicate, "awslc_api_before", "(version)", "whether the AWS-LC interface is older than this version"),
        Row(KeywordFamily.Predicate, "defined", "(name)", "whether an environment variable exists"),
        Row(KeywordFamily.Predicate, "enabled", "(option)", "whether a run-time option such as POLL or SPLICE is on"),
        Row(KeywordFamily.Predicate, "feature", "(name)", "whether a feature was built in"),
        Row(KeywordFamily.Predicate, "openssl_version_atleast", "(version)", "whether OpenSSL is at least of this version"),
        Row(KeywordFamily.Predicate, "openssl_version_before", "(version)", "whether OpenSSL is older than this version"),
        Row(KeywordFamily.Predicate, "ssllib_name_startswith", "(text)", "whether the name of the TLS library starts with a text"),
        Row(KeywordFamily.Predicate, "streq", "(a,b)", "whether two texts are equal"),
        Row(KeywordFamily.Predicate, "strneq", "(a,b)", "whether two texts differ"),
        Row(KeywordFamily.Predicate, "strstr", "(text,part)", "whether a text contains another"),
        Row(KeywordFamily.Predicate, "version_atleast", "(version)", "whether the language is at least that of this release"),
        Row(KeywordFamily.Predicate, "version_before", "(version)", "whether the language is older than that of this release"),
    ];
}
