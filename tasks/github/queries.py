"""The GraphQL that is asked: names and costs as in GitHub's public schema."""

from collections.abc import Collection

ISSUE = """
fragment IssueParts on Issue {
  number title body state stateReason url authorAssociation
  author { login }
  milestone { title }
  labels(first: 100) { nodes { name } }
}
"""

CONTEXTS = """
fragment ContextParts on StatusCheckRollupContextConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    __typename
    ... on CheckRun {
      databaseId name conclusion detailsUrl startedAt
      checkSuite { app { slug } workflowRun { event workflow { name } } }
    }
    ... on StatusContext { context state description targetUrl }
  }
}
"""

PULL = """
fragment PullParts on PullRequest {
  id number title url state isDraft headRefName headRefOid baseRefName
  mergeable mergeStateStatus reviewDecision
  mergeCommit { oid }
  isMergeQueueEnabled
  mergeQueueEntry { state position }
  latestOpinionatedReviews(first: 50, writersOnly: true) { nodes { state author { login } } }
  reviewThreads(first: 100) { nodes { isResolved } }
  commits(last: 1) { nodes { commit { oid statusCheckRollup { state contexts(first: 100) { ...ContextParts } } } } }
}
"""
"""To be asked for `mergeable` is what makes GitHub work out `mergeStateStatus`."""

AT_ONCE = 50
"""Pull requests in one query."""


def points(pulls: int) -> int:
    """What a query for so many costs, by GitHub's rule: a hundredth of its connections, here four for each."""
    return max(1, round(pulls * 4 / 100))


def pulls(numbers: Collection[int], issue: int | None = None) -> str:
    """A query for these pull requests, as `p12`, and for an issue, as `issue`."""
    asked = " ".join(f"p{number}: pullRequest(number: {number}) {{ ...PullParts }}" for number in numbers)
    more, fragments = "", [PULL, CONTEXTS]
    if issue is not None:
        more, fragments = f" issue(number: {issue}) {{ ...IssueParts }}", [*fragments, ISSUE]
    head = "query($owner: String!, $name: String!) { repository(owner: $owner, name: $name)"
    return f"{head} {{ {asked}{more} }} }}\n{''.join(fragments)}"


MORE_CONTEXTS = f"""
query($id: ID!, $after: String!) {{
  node(id: $id) {{ ... on PullRequest {{
    commits(last: 1) {{ nodes {{ commit {{ oid statusCheckRollup {{
      contexts(first: 100, after: $after) {{ ...ContextParts }} }} }} }} }}
  }} }}
}}
{CONTEXTS}"""

ALLOWED = """
query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) {
      createdAt lastEditedAt
      timelineItems(last: 100, itemTypes: [LABELED_EVENT, RENAMED_TITLE_EVENT]) {
        nodes {
          __typename
          ... on LabeledEvent { createdAt label { name } actor { login } }
          ... on RenamedTitleEvent { createdAt }
        }
      }
    }
  }
}
"""

MAKE_READY = """
mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft } } }
"""

ENQUEUE = """
mutation($id: ID!, $head: GitObjectID!) {
  enqueuePullRequest(input: {pullRequestId: $id, expectedHeadOid: $head}) { mergeQueueEntry { state position } }
}
"""

DELETE_BRANCH = """
mutation($repository: ID!, $ref: GitRefname!, $head: GitObjectID!, $gone: GitObjectID!) {
  updateRefs(input: {repositoryId: $repository, refUpdates: [{name: $ref, beforeOid: $head, afterOid: $gone}]}) {
    clientMutationId
  }
}
"""
"""One request, and only if the branch still is where it was: `$gone` is the id that is all zeros."""
