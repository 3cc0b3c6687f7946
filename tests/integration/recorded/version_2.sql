-- Recorded by the code of commit f67dbd9cc26825a6f1d298651c14d1201249604b.
BEGIN TRANSACTION;
CREATE TABLE admissions (
	task_id VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	at FLOAT NOT NULL, 
	PRIMARY KEY (task_id)
);
CREATE TABLE application_versions (
    version_id TEXT NOT NULL PRIMARY KEY,
    version_name TEXT NOT NULL UNIQUE,
    version_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
, "application_name" TEXT DEFAULT NULL);
INSERT INTO "application_versions" VALUES('9e2ca138-216b-4710-b8a4-70f6ca018ffc','2',1795974510000,1795974510000,'raygen');
CREATE TABLE approvals (
	proposal_id VARCHAR(64) NOT NULL, 
	binding VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	rule VARCHAR(64) NOT NULL, 
	given_at FLOAT NOT NULL, 
	grant_id VARCHAR(64) NOT NULL, 
	used_by VARCHAR(64), 
	used_at FLOAT, 
	PRIMARY KEY (proposal_id, binding)
);
INSERT INTO "approvals" VALUES('p_1','8d11d91f77295b0f6682414a82bc97d3808de70258b60350abbbd33b79a146d7','UAPPROVER','default',1.0,'','raygen-1',1.79597451146637821202e+09);
INSERT INTO "approvals" VALUES('p_2','d75304a9eee8c2d8cc14c1da3e83d9eb85632fd2c918e7b7fc038c0e7941f29d','UAPPROVER','default',1.0,'',NULL,NULL);
INSERT INTO "approvals" VALUES('p_3','aeba5036a0d6b548d890c4a5bd0f46fbb4271f5c589367c965edc08416c5a5ff','UAPPROVER','default',1.0,'',NULL,NULL);
CREATE TABLE artifacts (
	owner_id VARCHAR(64) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	media_type VARCHAR(128) NOT NULL, 
	content BLOB NOT NULL, 
	size INTEGER, 
	stored_as VARCHAR(255), 
	PRIMARY KEY (owner_id, name)
);
CREATE TABLE audit (
	position INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	previous VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (position), 
	UNIQUE (previous)
);
INSERT INTO "audit" VALUES(1,'{"at":1795974510.296726,"by":"UENGINEER","channel":"CRAY","deed":"asked","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":1,"session":"s_t_worked","task":"t_worked"}','0000000000000000000000000000000000000000000000000000000000000000','6e5ca91f8230c9ed9b06c641a8a10eba20a0aca7261e743072ea1d64eb137b75');
INSERT INTO "audit" VALUES(2,'{"at":1795974510.492926,"by":"UENGINEER","channel":"CRAY","deed":"asked","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":2,"session":"s_t_answered","task":"t_answered"}','6e5ca91f8230c9ed9b06c641a8a10eba20a0aca7261e743072ea1d64eb137b75','dbb91013f4e8fe6992d8435ac0b45294351320660870d78e38256609c8de8824');
INSERT INTO "audit" VALUES(3,'{"at":1795974510.569406,"by":"UENGINEER","channel":"CRAY","deed":"asked","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":3,"session":"s_t_asked","task":"t_asked"}','dbb91013f4e8fe6992d8435ac0b45294351320660870d78e38256609c8de8824','1e9a4739f95976a53ce104f75e3f3770e29d26f22fe4c2460cc833f46cf046f3');
INSERT INTO "audit" VALUES(4,'{"at":1795974510.691983,"by":"UENGINEER","channel":"CRAY","deed":"asked","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":4,"session":"s_t_refused","task":"t_refused"}','1e9a4739f95976a53ce104f75e3f3770e29d26f22fe4c2460cc833f46cf046f3','3da01ff155fe26f4b787c336613cf900600696e1c07eb6ef2061f76eca6f1dda');
INSERT INTO "audit" VALUES(5,'{"at":1795974510.724083,"by":"UENGINEER","channel":"CRAY","deed":"asked","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":5,"session":"s_1","task":"t_1"}','3da01ff155fe26f4b787c336613cf900600696e1c07eb6ef2061f76eca6f1dda','7dee3430b9a1ae6d1ec540ecf1fe72c4f9d1aba7af8e42c29f02cffa5b9e7df0');
INSERT INTO "audit" VALUES(6,'{"at":1795974510.731238,"channel":"CRAY","deed":"shown","facts":{"requester":"UENGINEER"},"position":6,"proposal":"p_1","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_1"}','7dee3430b9a1ae6d1ec540ecf1fe72c4f9d1aba7af8e42c29f02cffa5b9e7df0','867dc3d5feb1b466cb14630a3e398ba9e0d82cdbe0a16aec2acbde643774e93c');
INSERT INTO "audit" VALUES(7,'{"at":1795974510.737147,"by":"UAPPROVER","channel":"CRAY","deed":"approved","facts":{"binding":"8d11d91f77295b0f6682414a82bc97d3808de70258b60350abbbd33b79a146d7","of":"1/1","requester":"UENGINEER","rule":"default"},"position":7,"proposal":"p_1","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_1"}','867dc3d5feb1b466cb14630a3e398ba9e0d82cdbe0a16aec2acbde643774e93c','ccf81d3c908ff7534c9fb5c37323755636a312192589e5fd2a8b8c113eb52798');
INSERT INTO "audit" VALUES(8,'{"at":1795974510.740971,"by":"UENGINEER","channel":"CRAY","deed":"asked","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":8,"session":"s_1","task":"t_2"}','ccf81d3c908ff7534c9fb5c37323755636a312192589e5fd2a8b8c113eb52798','21dbca2d85271f5c212403a38baaeebf76264b79c78a697aec95497468bb0dde');
INSERT INTO "audit" VALUES(9,'{"at":1795974510.748131,"channel":"CRAY","deed":"shown","facts":{"requester":"UENGINEER"},"position":9,"proposal":"p_2","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_2"}','21dbca2d85271f5c212403a38baaeebf76264b79c78a697aec95497468bb0dde','4bc9af56432cb431150c835dcc779403f127a461657f57689e5799bcd084cf39');
INSERT INTO "audit" VALUES(10,'{"at":1795974510.751957,"by":"UAPPROVER","channel":"CRAY","deed":"approved","facts":{"binding":"d75304a9eee8c2d8cc14c1da3e83d9eb85632fd2c918e7b7fc038c0e7941f29d","of":"1/1","requester":"UENGINEER","rule":"default"},"position":10,"proposal":"p_2","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_2"}','4bc9af56432cb431150c835dcc779403f127a461657f57689e5799bcd084cf39','88e3078ff7e8027d63e7958bf467055d50e3d6690729b7c99113e491fdda4971');
INSERT INTO "audit" VALUES(11,'{"at":1795974510.755597,"by":"UENGINEER","channel":"CRAY","deed":"asked","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":11,"session":"s_1","task":"t_3"}','88e3078ff7e8027d63e7958bf467055d50e3d6690729b7c99113e491fdda4971','a678b23a343d5c6684eeed46af3d6f4d67546c73c1cc6e32cb287f87255fb30b');
INSERT INTO "audit" VALUES(12,'{"at":1795974510.762171,"channel":"CRAY","deed":"shown","facts":{"requester":"UENGINEER"},"position":12,"proposal":"p_3","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_3"}','a678b23a343d5c6684eeed46af3d6f4d67546c73c1cc6e32cb287f87255fb30b','32f259067966820e81feeb8f3a8b6475fca7a44d5e572b4bc9b35cbe9a425f8b');
INSERT INTO "audit" VALUES(13,'{"at":1795974510.76618,"by":"UAPPROVER","channel":"CRAY","deed":"approved","facts":{"binding":"aeba5036a0d6b548d890c4a5bd0f46fbb4271f5c589367c965edc08416c5a5ff","of":"1/1","requester":"UENGINEER","rule":"default"},"position":13,"proposal":"p_3","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_3"}','32f259067966820e81feeb8f3a8b6475fca7a44d5e572b4bc9b35cbe9a425f8b','7819418e6ae184b2d9488646688c22f8d7b844517045ee230dd4d8bdff7a4af3');
INSERT INTO "audit" VALUES(14,'{"at":1795974510.774506,"by":"UAPPROVER","channel":"CRAY","deed":"begun","facts":{"requester":"UENGINEER"},"position":14,"proposal":"p_1","run":"raygen-1","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_1"}','7819418e6ae184b2d9488646688c22f8d7b844517045ee230dd4d8bdff7a4af3','a3cb3990b0af56420faa3fe9ed9f8eaef3d4c12d63a3fc37e67def9eabf2de15');
INSERT INTO "audit" VALUES(15,'{"at":1795974511.471221,"channel":"CRAY","deed":"submitted","facts":{"requester":"UENGINEER"},"position":15,"proposal":"p_1","run":"raygen-1","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_1"}','a3cb3990b0af56420faa3fe9ed9f8eaef3d4c12d63a3fc37e67def9eabf2de15','e78124195448a85901de69082ec5fc4ed8a342a8f5c6281949a93cfefa1b88a3');
INSERT INTO "audit" VALUES(16,'{"at":1795974511.49893,"by":"UAPPROVER","channel":"CRAY","deed":"begun","facts":{"requester":"UENGINEER"},"position":16,"proposal":"p_2","run":"raygen-2","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_2"}','e78124195448a85901de69082ec5fc4ed8a342a8f5c6281949a93cfefa1b88a3','50417cfdd6e39d9bdbbf7aa3689131d01dd51ed0d1a2d161e3f68e539ebc7208');
INSERT INTO "audit" VALUES(17,'{"at":1795974511.50452,"by":"UAPPROVER","channel":"CRAY","deed":"begun","facts":{"requester":"UENGINEER"},"position":17,"proposal":"p_3","run":"raygen-3","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_3"}','50417cfdd6e39d9bdbbf7aa3689131d01dd51ed0d1a2d161e3f68e539ebc7208','00b0a859ef56b19a262ad0edfb31d85b38c57ec4b127b0e09ec7545d6b68fd1e');
INSERT INTO "audit" VALUES(18,'{"at":1795974511.556531,"by":"UENGINEER","channel":"CRAY","deed":"asked","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":18,"session":"s_1","task":"t_old"}','00b0a859ef56b19a262ad0edfb31d85b38c57ec4b127b0e09ec7545d6b68fd1e','b6bcefed9be7447014a96512fc6e9207622b86487474e01811e646cb2672d60f');
INSERT INTO "audit" VALUES(19,'{"at":1795974511.575812,"channel":"CRAY","deed":"shown","facts":{"requester":"UENGINEER"},"position":19,"proposal":"p_old","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_old"}','b6bcefed9be7447014a96512fc6e9207622b86487474e01811e646cb2672d60f','f3f9204a786a50f44d3f74c80a509fcfa0582621a468e459367e4ac25bd13b7e');
INSERT INTO "audit" VALUES(20,'{"at":1795974511.587939,"channel":"CRAY","deed":"expired","facts":{"requester":"UENGINEER"},"position":20,"proposal":"p_old","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_old"}','f3f9204a786a50f44d3f74c80a509fcfa0582621a468e459367e4ac25bd13b7e','7351e90170444a14488d23043507613f6e774e6b8f0ba35b411831bc302fd98c');
CREATE TABLE audit_head (
	id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	told INTEGER, 
	PRIMARY KEY (id)
);
INSERT INTO "audit_head" VALUES(1,20,'7351e90170444a14488d23043507613f6e774e6b8f0ba35b411831bc302fd98c',NULL);
CREATE TABLE dbos_migrations (version INTEGER NOT NULL PRIMARY KEY);
INSERT INTO "dbos_migrations" VALUES(125);
CREATE TABLE in_hand (
	subject VARCHAR(255) NOT NULL, 
	life VARCHAR(32) NOT NULL, 
	deaths INTEGER NOT NULL, 
	PRIMARY KEY (subject)
);
CREATE TABLE inputs (
	session_id VARCHAR(64) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	content BLOB NOT NULL, 
	created_at FLOAT NOT NULL, 
	PRIMARY KEY (session_id, sha256, name)
);
CREATE TABLE installations (
	team VARCHAR(64) NOT NULL, 
	installed_at FLOAT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (team)
);
CREATE TABLE memberships (
	team VARCHAR(64) NOT NULL, 
	organization VARCHAR(64) NOT NULL, 
	PRIMARY KEY (team)
);
CREATE TABLE notifications (
    message_uuid TEXT NOT NULL DEFAULT (hex(randomblob(16))) PRIMARY KEY,
    destination_uuid TEXT NOT NULL,
    topic TEXT,
    message TEXT NOT NULL,
    created_at_epoch_ms INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000), "serialization" TEXT DEFAULT NULL, "consumed" BOOLEAN NOT NULL DEFAULT FALSE, consumed_by_function_id INTEGER,
    FOREIGN KEY (destination_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE oauth_states (
	state VARCHAR(64) NOT NULL, 
	expires_at FLOAT NOT NULL, 
	PRIMARY KEY (state)
);
CREATE TABLE "operation_outputs" (
    workflow_uuid TEXT NOT NULL,
    function_id INTEGER NOT NULL,
    function_name TEXT NOT NULL DEFAULT '',
    output TEXT,
    error TEXT,
    child_workflow_id TEXT,
    started_at_epoch_ms INTEGER,
    completed_at_epoch_ms INTEGER,
    serialization TEXT,
    application_name TEXT DEFAULT NULL,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    PRIMARY KEY (workflow_uuid, function_id)
);
INSERT INTO "operation_outputs" VALUES('t_worked',1,'open','true',NULL,NULL,1795974510282,1795974510306,'portable_json','raygen',1795974510000);
INSERT INTO "operation_outputs" VALUES('t_worked',2,'wait_for_turn','null',NULL,NULL,1795974510327,1795974510330,'portable_json','raygen',1795974510000);
INSERT INTO "operation_outputs" VALUES('t_worked',3,'work','{"status":"proposed","proposal_id":"p_df35c6f83fa676bc"}',NULL,NULL,1795974510334,1795974510443,'portable_json','raygen',1795974510000);
INSERT INTO "operation_outputs" VALUES('t_answered',1,'open','true',NULL,NULL,1795974510475,1795974510511,'portable_json','raygen',1795974510000);
INSERT INTO "operation_outputs" VALUES('t_answered',2,'wait_for_turn','null',NULL,NULL,1795974510515,1795974510517,'portable_json','raygen',1795974510000);
INSERT INTO "operation_outputs" VALUES('t_answered',3,'work','{"status":"answered","proposal_id":null}',NULL,NULL,1795974510519,1795974510554,'portable_json','raygen',1795974510000);
INSERT INTO "operation_outputs" VALUES('t_asked',1,'open','true',NULL,NULL,1795974510564,1795974510647,'portable_json','raygen',1795974510000);
INSERT INTO "operation_outputs" VALUES('t_asked',2,'wait_for_turn','null',NULL,NULL,1795974510653,1795974510656,'portable_json','raygen',1795974510000);
INSERT INTO "operation_outputs" VALUES('t_refused',1,'open','true',NULL,NULL,1795974510679,1795974510702,'portable_json','raygen',1795974510000);
INSERT INTO "operation_outputs" VALUES('t_refused',2,'wait_for_turn',NULL,'{"name":"BadRequest","message":"That can''t be done in this recording.","code":"raygen"}',NULL,1795974510703,1795974510705,'portable_json','raygen',1795974510000);
INSERT INTO "operation_outputs" VALUES('run:p_1',1,'open','null',NULL,NULL,1795974510769,1795974510779,'portable_json','raygen',1795974510000);
INSERT INTO "operation_outputs" VALUES('run:p_1',2,'places','[["raygen-runs-per-user","UENGINEER"],["raygen-runs-per-target","embedded"]]',NULL,NULL,1795974510780,1795974510783,'portable_json','raygen',1795974510000);
INSERT INTO "operation_outputs" VALUES('run:p_1',3,'turn',NULL,NULL,'run:p_1:raygen-runs-per-user',1795974510785,1795974510786,NULL,'raygen',1795974510000);
INSERT INTO "operation_outputs" VALUES('run:p_1:raygen-runs-per-user',1,'turn',NULL,NULL,'run:p_1:raygen-runs-per-target',1795974511342,1795974511343,NULL,'raygen',1795974511000);
INSERT INTO "operation_outputs" VALUES('run:p_1:raygen-runs-per-target',1,'begin','true',NULL,NULL,1795974511450,1795974511460,'portable_json','raygen',1795974511000);
INSERT INTO "operation_outputs" VALUES('run:p_1:raygen-runs-per-target',2,'submit','null',NULL,NULL,1795974511462,1795974511472,'portable_json','raygen',1795974511000);
INSERT INTO "operation_outputs" VALUES('run:p_2',1,'open','null',NULL,NULL,1795974511490,1795974511506,'portable_json','raygen',1795974511000);
INSERT INTO "operation_outputs" VALUES('run:p_3',1,'open','null',NULL,NULL,1795974511493,1795974511511,'portable_json','raygen',1795974511000);
INSERT INTO "operation_outputs" VALUES('run:p_2',2,'places','[["raygen-runs-per-user","UENGINEER"],["raygen-runs-per-target","embedded"]]',NULL,NULL,1795974511513,1795974511515,'portable_json','raygen',1795974511000);
INSERT INTO "operation_outputs" VALUES('run:p_3',2,'places','[["raygen-runs-per-user","UENGINEER"],["raygen-runs-per-target","embedded"]]',NULL,NULL,1795974511517,1795974511519,'portable_json','raygen',1795974511000);
INSERT INTO "operation_outputs" VALUES('run:p_2',3,'turn',NULL,NULL,'run:p_2:raygen-runs-per-user',1795974511520,1795974511522,NULL,'raygen',1795974511000);
INSERT INTO "operation_outputs" VALUES('run:p_3',3,'turn',NULL,NULL,'run:p_3:raygen-runs-per-user',1795974511521,1795974511523,NULL,'raygen',1795974511000);
INSERT INTO "operation_outputs" VALUES('expire:p_old',1,'expire','null',NULL,NULL,1795974511583,1795974511589,'portable_json','raygen',1795974511000);
CREATE TABLE posts (
	"key" VARCHAR(128) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	thread_ts VARCHAR(32) NOT NULL, 
	ts VARCHAR(32), 
	created_at FLOAT NOT NULL, 
	last TEXT, 
	PRIMARY KEY ("key")
);
CREATE TABLE preferences (
	user VARCHAR(64) NOT NULL, 
	target VARCHAR(64) NOT NULL, 
	direct INTEGER NOT NULL, 
	model VARCHAR(255), 
	team VARCHAR(64), 
	chosen_at FLOAT, 
	PRIMARY KEY (user)
);
CREATE TABLE proposals (
	id VARCHAR(64) NOT NULL, 
	task_id VARCHAR(64) NOT NULL, 
	session_id VARCHAR(64) NOT NULL, 
	program TEXT NOT NULL, 
	policy TEXT NOT NULL, 
	validation TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	target VARCHAR(64) NOT NULL, 
	requester VARCHAR(64) NOT NULL, 
	model VARCHAR(64) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	decided_by VARCHAR(64), 
	decided_at FLOAT, 
	created_at FLOAT NOT NULL, 
	spent TEXT, 
	inputs TEXT, 
	failed TEXT, 
	prompt VARCHAR(64), 
	approved_by TEXT, 
	needed INTEGER, 
	reason TEXT, 
	reminded_at FLOAT, 
	asked_by VARCHAR(64), 
	grant_id VARCHAR(64), 
	voided TEXT, 
	header TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "proposals" VALUES('p_df35c6f83fa676bc','t_worked','s_t_worked','{"title":"Add","purpose":"Adds.","code":"print(3)\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[]}',1,'embedded','UENGINEER','scripted','draft',NULL,NULL,1.79597451043384504325e+09,'{"calls":3,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.09596891100045468,"models":["scripted"],"attempts":1}','[]','[]','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{"packages":[],"resources":{},"problem":"","wall":null}');
INSERT INTO "proposals" VALUES('p_1','t_1','s_1','{"title":"Add two numbers","purpose":"Adds 1 and 2 in a Ray task.","code":"print(''Result: 3'')\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[]}',1,'embedded','UENGINEER','scripted','approved','UAPPROVER',1.79597451073571300504e+09,1.0,'{"calls":0,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.0,"models":[],"attempts":0}','[]','[]','','UAPPROVER',1,NULL,NULL,NULL,'',NULL,'{"packages":[],"resources":{},"problem":"","wall":null}');
INSERT INTO "proposals" VALUES('p_2','t_2','s_1','{"title":"Add two numbers","purpose":"Adds 1 and 2 in a Ray task.","code":"print(''Result: 3'')\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[]}',1,'embedded','UENGINEER','scripted','approved','UAPPROVER',1.79597451075094652174e+09,1.0,'{"calls":0,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.0,"models":[],"attempts":0}','[]','[]','','UAPPROVER',1,NULL,NULL,NULL,'',NULL,'{"packages":[],"resources":{},"problem":"","wall":null}');
INSERT INTO "proposals" VALUES('p_3','t_3','s_1','{"title":"Add two numbers","purpose":"Adds 1 and 2 in a Ray task.","code":"print(''Result: 3'')\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[]}',1,'embedded','UENGINEER','scripted','approved','UAPPROVER',1.79597451076507806776e+09,1.0,'{"calls":0,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.0,"models":[],"attempts":0}','[]','[]','','UAPPROVER',1,NULL,NULL,NULL,'',NULL,'{"packages":[],"resources":{},"problem":"","wall":null}');
INSERT INTO "proposals" VALUES('p_old','t_old','s_1','{"title":"Add two numbers","purpose":"Adds 1 and 2 in a Ray task.","code":"print(''Result: 3'')\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[]}',1,'embedded','UENGINEER','scripted','expired',NULL,NULL,1.79597251155408048632e+09,'{"calls":0,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.0,"models":[],"attempts":0}','[]','[]','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{"packages":[],"resources":{},"problem":"","wall":null}');
CREATE TABLE queues (
    queue_id TEXT PRIMARY KEY DEFAULT (hex(randomblob(16))),
    name TEXT NOT NULL UNIQUE,
    concurrency INTEGER,
    worker_concurrency INTEGER,
    rate_limit_max INTEGER,
    rate_limit_period_sec REAL,
    priority_enabled BOOLEAN NOT NULL DEFAULT FALSE,
    partition_queue BOOLEAN NOT NULL DEFAULT FALSE,
    polling_interval_sec REAL NOT NULL DEFAULT 1.0,
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    updated_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
, "application_name" TEXT DEFAULT NULL, "partition_concurrency" INTEGER DEFAULT NULL, "partition_worker_concurrency" INTEGER DEFAULT NULL, "partition_rate_limit_max" INTEGER DEFAULT NULL, "partition_rate_limit_period_sec" REAL DEFAULT NULL);
INSERT INTO "queues" VALUES('1E893273A5CFDF881FABAD450CF33D7C','raygen-runs-per-user',NULL,NULL,NULL,NULL,1,1,0.1,1795974510000,1795974510203,'raygen',1,NULL,NULL,NULL);
INSERT INTO "queues" VALUES('5494B44C070A9E9A51C22202EA67D059','raygen-runs-per-target',NULL,NULL,NULL,NULL,1,1,0.1,1795974510000,1795974510220,'raygen',1,NULL,NULL,NULL);
INSERT INTO "queues" VALUES('B9208BCB26EC09DE0FA1281C72737E6F','raygen-from-outside',NULL,NULL,NULL,NULL,1,0,1.0,1795974512000,1795974512287,'raygen',NULL,NULL,NULL,NULL);
CREATE TABLE replicas (
	name VARCHAR(255) NOT NULL, 
	beat FLOAT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE requests (
	task_id VARCHAR(64) NOT NULL, 
	team VARCHAR(64) NOT NULL, 
	body TEXT NOT NULL, 
	created_at FLOAT NOT NULL, 
	PRIMARY KEY (task_id)
);
INSERT INTO "requests" VALUES('t_outside','T1','{"task":{"id":"t_outside","session_id":"s_outside","kind":"prompt","prompt":"add 1 and 2","user":"UENGINEER","code":null,"base":null,"status":"queued","summary":"","created_at":1.0,"attachments":[],"target":"","unseen":false,"retry_of":""},"session":{"id":"s_outside","channel":"CRAY","thread_ts":"","owner":"UENGINEER","team":"T1"}}',1.0);
CREATE TABLE runs (
	id VARCHAR(64) NOT NULL, 
	proposal_id VARCHAR(64) NOT NULL, 
	session_id VARCHAR(64) NOT NULL, 
	target VARCHAR(64) NOT NULL, 
	approver VARCHAR(64) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	stopped_by VARCHAR(64), 
	outcome TEXT, 
	created_at FLOAT NOT NULL, 
	turn_at FLOAT, 
	ended_at FLOAT, 
	PRIMARY KEY (id), 
	UNIQUE (proposal_id)
);
INSERT INTO "runs" VALUES('raygen-1','p_1','s_1','embedded','UAPPROVER','running',NULL,NULL,1.79597451077242445949e+09,1.79597451145234179503e+09,NULL);
INSERT INTO "runs" VALUES('raygen-2','p_2','s_1','embedded','UAPPROVER','starting',NULL,NULL,1.79597451149521064759e+09,NULL,NULL);
INSERT INTO "runs" VALUES('raygen-3','p_3','s_1','embedded','UAPPROVER','starting',NULL,NULL,1.79597451150096845632e+09,NULL,NULL);
CREATE TABLE sessions (
	id VARCHAR(64) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	thread_ts VARCHAR(32) NOT NULL, 
	owner VARCHAR(64) NOT NULL, 
	team VARCHAR(64) NOT NULL, 
	overheard VARCHAR(128), 
	PRIMARY KEY (id)
);
INSERT INTO "sessions" VALUES('s_t_worked','CRAY','t_worked','UENGINEER','T1',NULL);
INSERT INTO "sessions" VALUES('s_t_answered','CRAY','t_answered','UENGINEER','T1',NULL);
INSERT INTO "sessions" VALUES('s_t_asked','CRAY','t_asked','UENGINEER','T1',NULL);
INSERT INTO "sessions" VALUES('s_t_refused','CRAY','t_refused','UENGINEER','T1',NULL);
INSERT INTO "sessions" VALUES('s_1','CRAY','100.1','UENGINEER','T1',NULL);
CREATE TABLE spendings (
	task_id VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	model VARCHAR(255) NOT NULL, 
	calls INTEGER NOT NULL, 
	input INTEGER NOT NULL, 
	output INTEGER NOT NULL, 
	cached INTEGER NOT NULL, 
	written INTEGER NOT NULL, 
	money FLOAT, 
	attempts INTEGER NOT NULL, 
	seconds FLOAT NOT NULL, 
	ended_at FLOAT NOT NULL, 
	PRIMARY KEY (task_id)
);
INSERT INTO "spendings" VALUES('t_worked','UENGINEER','CRAY','proposed','scripted',3,0,0,0,0,NULL,1,1.01521347000016248784e-01,1.79597451043941450121e+09);
INSERT INTO "spendings" VALUES('t_answered','UENGINEER','CRAY','answered','scripted',1,0,0,0,0,NULL,0,2.08989570000994717702e-02,1.79597451055048131941e+09);
CREATE TABLE streams (
    workflow_uuid TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    "offset" INTEGER NOT NULL, function_id INTEGER NOT NULL DEFAULT 0, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, key, "offset"),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE tasks (
	position INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	session_id VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	prompt TEXT NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	code TEXT, 
	base VARCHAR(64), 
	status VARCHAR(16) NOT NULL, 
	summary TEXT NOT NULL, 
	created_at FLOAT NOT NULL, 
	attachments TEXT, 
	target VARCHAR(64), 
	unseen INTEGER, 
	retry_of VARCHAR(64), 
	PRIMARY KEY (position), 
	UNIQUE (id)
);
INSERT INTO "tasks" VALUES(1,'t_worked','s_t_worked','prompt','add 1 and 2','UENGINEER',NULL,NULL,'working','Here it is.',1.0,'[]','',0,'');
INSERT INTO "tasks" VALUES(2,'t_answered','s_t_answered','prompt','add 1 and 2','UENGINEER',NULL,NULL,'working','Three.',1.0,'[]','',0,'');
INSERT INTO "tasks" VALUES(3,'t_asked','s_t_asked','prompt','add 1 and 2','UENGINEER',NULL,NULL,'queued','',1.0,'[]','',0,'');
INSERT INTO "tasks" VALUES(4,'t_refused','s_t_refused','prompt','add 1 and 2','UENGINEER',NULL,NULL,'queued','',1.0,'[]','',0,'');
INSERT INTO "tasks" VALUES(5,'t_1','s_1','prompt','add 1 and 2','UENGINEER',NULL,NULL,'proposed','Here it is.',1.0,'[]','',0,'');
INSERT INTO "tasks" VALUES(6,'t_2','s_1','prompt','add 1 and 2','UENGINEER',NULL,NULL,'proposed','Here it is.',1.0,'[]','',0,'');
INSERT INTO "tasks" VALUES(7,'t_3','s_1','prompt','add 1 and 2','UENGINEER',NULL,NULL,'proposed','Here it is.',1.0,'[]','',0,'');
INSERT INTO "tasks" VALUES(8,'t_old','s_1','prompt','add 1 and 2','UENGINEER',NULL,NULL,'proposed','Here it is.',1.0,'[]','',0,'');
CREATE TABLE thread_approvals (
	id VARCHAR(64) NOT NULL, 
	session_id VARCHAR(64) NOT NULL, 
	proposal_id VARCHAR(64) NOT NULL, 
	target VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	requester VARCHAR(64) NOT NULL, 
	fingerprint VARCHAR(80) NOT NULL, 
	exact TEXT NOT NULL, 
	created_at FLOAT NOT NULL, 
	expires_at FLOAT NOT NULL, 
	ended_by VARCHAR(64), 
	ended_at FLOAT, 
	PRIMARY KEY (id)
);
CREATE TABLE turnstile (
	id INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE votes (
	subject VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	task_id VARCHAR(64) NOT NULL, 
	helpful INTEGER NOT NULL, 
	given_at FLOAT NOT NULL, 
	PRIMARY KEY (subject, user)
);
CREATE TABLE workflow_events (
    workflow_uuid TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, key),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_events_history (
    workflow_uuid TEXT NOT NULL,
    function_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, function_id, key),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid)
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_input (
    workflow_uuid TEXT NOT NULL PRIMARY KEY,
    inputs TEXT,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
);
INSERT INTO "workflow_input" VALUES('t_worked','{"namedArgs":{},"positionalArgs":["t_worked"]}',1795974510000);
INSERT INTO "workflow_input" VALUES('t_answered','{"namedArgs":{},"positionalArgs":["t_answered"]}',1795974510000);
INSERT INTO "workflow_input" VALUES('t_asked','{"namedArgs":{},"positionalArgs":["t_asked"]}',1795974510000);
INSERT INTO "workflow_input" VALUES('t_refused','{"namedArgs":{},"positionalArgs":["t_refused"]}',1795974510000);
INSERT INTO "workflow_input" VALUES('run:p_1','{"namedArgs":{},"positionalArgs":["p_1"]}',1795974510000);
INSERT INTO "workflow_input" VALUES('run:p_1:raygen-runs-per-user','{"namedArgs":{},"positionalArgs":["p_1",[["raygen-runs-per-target","embedded"]]]}',1795974510000);
INSERT INTO "workflow_input" VALUES('run:p_1:raygen-runs-per-target','{"namedArgs":{},"positionalArgs":["p_1",[]]}',1795974511000);
INSERT INTO "workflow_input" VALUES('run:p_2','{"namedArgs":{},"positionalArgs":["p_2"]}',1795974511000);
INSERT INTO "workflow_input" VALUES('run:p_3','{"namedArgs":{},"positionalArgs":["p_3"]}',1795974511000);
INSERT INTO "workflow_input" VALUES('run:p_2:raygen-runs-per-user','{"namedArgs":{},"positionalArgs":["p_2",[["raygen-runs-per-target","embedded"]]]}',1795974511000);
INSERT INTO "workflow_input" VALUES('run:p_3:raygen-runs-per-user','{"namedArgs":{},"positionalArgs":["p_3",[["raygen-runs-per-target","embedded"]]]}',1795974511000);
INSERT INTO "workflow_input" VALUES('expire:p_old','{"namedArgs":{},"positionalArgs":["p_old"]}',1795974511000);
INSERT INTO "workflow_input" VALUES('t_outside','{"namedArgs":{},"positionalArgs":["t_outside"]}',1795974512000);
CREATE TABLE workflow_output (
    workflow_uuid TEXT NOT NULL PRIMARY KEY,
    output TEXT,
    error TEXT,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
);
CREATE TABLE workflow_schedules (
    schedule_id TEXT PRIMARY KEY,
    schedule_name TEXT NOT NULL UNIQUE,
    workflow_name TEXT NOT NULL,
    workflow_class_name TEXT,
    schedule TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'ACTIVE',
    context TEXT NOT NULL
, "last_fired_at" TEXT DEFAULT NULL, "automatic_backfill" BOOLEAN NOT NULL DEFAULT FALSE, "cron_timezone" TEXT DEFAULT NULL, "queue_name" TEXT DEFAULT NULL, "application_name" TEXT DEFAULT NULL);
CREATE TABLE workflow_status (
    workflow_uuid TEXT PRIMARY KEY,
    status TEXT,
    name TEXT,
    authenticated_user TEXT,
    assumed_role TEXT,
    authenticated_roles TEXT,
    request TEXT,
    output TEXT,
    error TEXT,
    executor_id TEXT,
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    updated_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    application_version TEXT,
    application_id TEXT,
    class_name TEXT DEFAULT NULL,
    config_name TEXT DEFAULT NULL,
    recovery_attempts INTEGER DEFAULT 0,
    queue_name TEXT,
    workflow_timeout_ms INTEGER,
    workflow_deadline_epoch_ms INTEGER,
    inputs TEXT,
    started_at_epoch_ms INTEGER,
    deduplication_id TEXT,
    priority INTEGER NOT NULL DEFAULT 0
, queue_partition_key TEXT, forked_from TEXT, "owner_xid" TEXT DEFAULT NULL, "parent_workflow_id" TEXT DEFAULT NULL, "serialization" TEXT DEFAULT NULL, "delay_until_epoch_ms" BIGINT DEFAULT NULL, "was_forked_from" BOOLEAN NOT NULL DEFAULT FALSE, "rate_limited" BOOLEAN NOT NULL DEFAULT FALSE, "completed_at" BIGINT, "attributes" TEXT, "schedule_name" TEXT, "debounce_deadline_epoch_ms" BIGINT DEFAULT NULL, "is_debounced" BOOLEAN NOT NULL DEFAULT FALSE, "application_name" TEXT DEFAULT NULL, "creator_xid" TEXT DEFAULT NULL);
INSERT INTO "workflow_status" VALUES('t_worked','PENDING','task',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795974510000,1795974510000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'c0152c47-bb71-43b6-9a65-1cd08d8cd6e6',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','c0152c47-bb71-43b6-9a65-1cd08d8cd6e6');
INSERT INTO "workflow_status" VALUES('t_answered','PENDING','task',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795974510000,1795974510000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'ec841f75-7031-4ef2-87ed-37faeb0de822',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','ec841f75-7031-4ef2-87ed-37faeb0de822');
INSERT INTO "workflow_status" VALUES('t_asked','PENDING','task',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795974510000,1795974510000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'36cbec95-98ea-4f83-b0f6-4d3e154571d3',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','36cbec95-98ea-4f83-b0f6-4d3e154571d3');
INSERT INTO "workflow_status" VALUES('t_refused','PENDING','task',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795974510000,1795974510000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'a661cd22-d993-4af2-b711-77f340fb58e3',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','a661cd22-d993-4af2-b711-77f340fb58e3');
INSERT INTO "workflow_status" VALUES('run:p_1','PENDING','run_in_turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795974510000,1795974510000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'39172a1a-27e7-4553-9c90-fcd24a7a6f45',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','39172a1a-27e7-4553-9c90-fcd24a7a6f45');
INSERT INTO "workflow_status" VALUES('run:p_1:raygen-runs-per-user','PENDING','turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795974510000,1795974511000,'2','','Workflows','raygen',1,'raygen-runs-per-user',NULL,NULL,NULL,1795974511000,NULL,0,'UENGINEER',NULL,'2d4526c0-2a15-430b-b0fc-991663db35f8','run:p_1','portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','5d22297e-5814-4aae-a549-d8dc34ac8a33');
INSERT INTO "workflow_status" VALUES('run:p_1:raygen-runs-per-target','PENDING','turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795974511000,1795974511000,'2','','Workflows','raygen',1,'raygen-runs-per-target',NULL,NULL,NULL,1795974511000,NULL,0,'embedded',NULL,'31d45544-b058-49f2-9027-82b30bafb86a','run:p_1:raygen-runs-per-user','portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','35261881-7931-40df-9018-710f58061d92');
INSERT INTO "workflow_status" VALUES('run:p_2','PENDING','run_in_turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795974511000,1795974511000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'46836af1-4aa5-465e-9dd5-ffdc990b1f8d',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','46836af1-4aa5-465e-9dd5-ffdc990b1f8d');
INSERT INTO "workflow_status" VALUES('run:p_3','PENDING','run_in_turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795974511000,1795974511000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'8a21d28f-59f3-4734-ae33-bbd69e4d6886',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','8a21d28f-59f3-4734-ae33-bbd69e4d6886');
INSERT INTO "workflow_status" VALUES('run:p_2:raygen-runs-per-user','ENQUEUED','turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795974511000,1795974511000,'2','','Workflows','raygen',0,'raygen-runs-per-user',NULL,NULL,NULL,NULL,NULL,0,'UENGINEER',NULL,NULL,'run:p_2','portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','f3f5ef12-ecc2-48e1-adba-d14dc120e07c');
INSERT INTO "workflow_status" VALUES('run:p_3:raygen-runs-per-user','ENQUEUED','turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795974511000,1795974511000,'2','','Workflows','raygen',0,'raygen-runs-per-user',NULL,NULL,NULL,NULL,NULL,0,'UENGINEER',NULL,NULL,'run:p_3','portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','c4e89733-db76-45e3-bf19-38ff1bb232c6');
INSERT INTO "workflow_status" VALUES('expire:p_old','PENDING','expire',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795974511000,1795974511000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'4a5f3416-00fe-4293-a4f6-852968f2bfcb',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','4a5f3416-00fe-4293-a4f6-852968f2bfcb');
INSERT INTO "workflow_status" VALUES('t_outside','ENQUEUED','task',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795974512000,1795974512000,'2',NULL,'Workflows','raygen',0,'raygen-from-outside',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','3c1971b7-a66f-4baa-91e4-e1b0f79a9896');
CREATE INDEX sessions_by_thread ON sessions (channel, thread_ts);
CREATE INDEX ix_tasks_session_id ON tasks (session_id);
CREATE INDEX ix_proposals_session_id ON proposals (session_id);
CREATE INDEX ix_proposals_task_id ON proposals (task_id);
CREATE INDEX ix_proposals_status ON proposals (status);
CREATE INDEX ix_thread_approvals_session_id ON thread_approvals (session_id);
CREATE INDEX ix_requests_created_at ON requests (created_at);
CREATE INDEX ix_admissions_at ON admissions (at);
CREATE INDEX ix_spendings_ended_at ON spendings (ended_at);
CREATE INDEX ix_spendings_user ON spendings (user);
CREATE INDEX ix_runs_session_id ON runs (session_id);
CREATE INDEX ix_runs_status ON runs (status);
CREATE INDEX ix_votes_task_id ON votes (task_id);
CREATE INDEX ix_memberships_organization ON memberships (organization);
CREATE INDEX workflow_status_created_at_index ON workflow_status (created_at);
CREATE INDEX idx_workflow_topic ON notifications (destination_uuid, topic);
CREATE INDEX "idx_workflow_status_delayed" ON "workflow_status" ("delay_until_epoch_ms") WHERE status = 'DELAYED';
CREATE INDEX "idx_workflow_status_forked_from" ON "workflow_status" ("forked_from") WHERE "forked_from" IS NOT NULL;
CREATE INDEX "idx_workflow_status_parent_workflow_id" ON "workflow_status" ("parent_workflow_id") WHERE "parent_workflow_id" IS NOT NULL;
CREATE UNIQUE INDEX "uq_workflow_status_dedup_id" ON "workflow_status" ("queue_name", "deduplication_id") WHERE "deduplication_id" IS NOT NULL;
CREATE INDEX "idx_workflow_status_pending" ON "workflow_status" ("created_at") WHERE "status" = 'PENDING';
CREATE INDEX "idx_workflow_status_failed" ON "workflow_status" ("status", "created_at") WHERE "status" IN ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED');
CREATE INDEX "idx_workflow_status_rate_limited" ON "workflow_status" ("queue_name", "started_at_epoch_ms") WHERE "rate_limited" = TRUE;
CREATE INDEX "idx_workflow_status_completed_at" ON "workflow_status" ("completed_at") WHERE "completed_at" IS NOT NULL;
CREATE INDEX "idx_workflow_status_started_at" ON "workflow_status" ("started_at_epoch_ms") WHERE "started_at_epoch_ms" IS NOT NULL;
CREATE INDEX "idx_workflow_status_schedule_name" ON "workflow_status" ("schedule_name") WHERE "schedule_name" IS NOT NULL;
CREATE UNIQUE INDEX "uq_application_versions_owner_version"
    ON application_versions ("application_name", "version_name")
    WHERE "application_name" IS NOT NULL;
CREATE UNIQUE INDEX "uq_application_versions_unclaimed_version"
    ON application_versions ("version_name")
    WHERE "application_name" IS NULL;
CREATE INDEX idx_workflow_input_retention
    ON workflow_input (retention_timestamp);
CREATE INDEX idx_workflow_output_retention
    ON workflow_output (retention_timestamp);
CREATE INDEX idx_operation_outputs_retention
    ON operation_outputs (retention_timestamp);
CREATE INDEX "idx_workflow_status_in_flight_v2" ON "workflow_status" ("queue_name", "status", "priority", "created_at", "application_name") WHERE "status" IN ('ENQUEUED', 'PENDING');
CREATE INDEX "idx_workflow_status_partition_dequeue_v3" ON "workflow_status" ("queue_name", "status", "queue_partition_key", "priority", "created_at", "workflow_uuid", "application_name") WHERE "status" IN ('ENQUEUED', 'PENDING') AND "queue_partition_key" IS NOT NULL;
CREATE INDEX "idx_operation_outputs_completed_at_function_name_v2" ON "operation_outputs" ("completed_at_epoch_ms", "function_name", "application_name");
CREATE INDEX "idx_workflow_status_deadline" ON "workflow_status" ("workflow_deadline_epoch_ms") WHERE "status" IN ('ENQUEUED', 'PENDING', 'DELAYED') AND "workflow_deadline_epoch_ms" IS NOT NULL;
CREATE INDEX "idx_application_versions_timestamp" ON "application_versions" ("version_timestamp" DESC);
CREATE INDEX "idx_application_versions_owner_timestamp" ON "application_versions" ("application_name", "version_timestamp" DESC);
COMMIT;
